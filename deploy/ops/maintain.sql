-- Deploy smartattend:ops/maintain to pg
begin;
set local role smartattend_owner;

create procedure ops.maintain(job text default null)
language plpgsql
security invoker
as $$
declare
  v_jobs text[];
  v_scopes text[];
  v_calls text[];
  v_roles text[];
  v_role text := pg_catalog.current_setting('role');
  v_begun_at timestamptz;
  v_answers jsonb;
  v_run ops.run;
  v_code text;
  v_error text;
  v_tenant_id uuid;
  v_tenants uuid[];
  v_visited integer;
  v_skipped integer;
  v_failed integer;
begin
  select
    pg_catalog.array_agg(d.job order by d.ordinality), pg_catalog.array_agg(d.scope order by d.ordinality),
    pg_catalog.array_agg(d.call order by d.ordinality), pg_catalog.array_agg(d.runs_as order by d.ordinality)
  into v_jobs, v_scopes, v_calls, v_roles
  from ops.due_jobs(maintain.job) with ordinality as d (job, scope, call, runs_as, ordinality);
  commit;
  for i in 1 .. coalesce(pg_catalog.cardinality(v_jobs), 0) loop
    v_run := null;
    if v_roles[i] <> 'smartattend_owner' then
      -- Who may not leaves it to somebody who may.
      continue when not pg_catalog.pg_has_role(
        session_user, v_roles[i],
        -- from PostgreSQL 16 on a member may lack the right to set the role
        case when pg_catalog.current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end
      );
      v_begun_at := ops.begin_job(v_jobs[i]);
      if v_begun_at is not null then
        begin
          execute pg_catalog.format('set local role %I', v_roles[i]);
          execute pg_catalog.format('select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(f)), ''[]'') from %s as f', v_calls[i]) into v_answers;
          perform pg_catalog.set_config('role', v_role, true);
          v_run := ('held', v_answers, null, null);
        exception
          when query_canceled or assert_failure or others then
            get stacked diagnostics v_code = returned_sqlstate, v_error = message_text;
            v_run := ('failed', '{}', v_code, v_error);
        end;
        perform ops.end_job(v_jobs[i], v_begun_at, v_run.result, v_run.detail, v_run.error_code, v_run.error);
      end if;
      commit;
    elsif v_scopes[i] = 'platform' then
      v_run := ops.run_job(v_jobs[i]);
      commit;
    else
      v_begun_at := ops.begin_job(v_jobs[i]);
      commit;
      continue when v_begun_at is null;
      v_tenants := ops.tenants_of_job(v_jobs[i]);
      v_answers := null;
      v_visited := 0;
      v_skipped := 0;
      v_failed := 0;
      foreach v_tenant_id in array v_tenants loop
        begin
          v_run := ops.run_job(v_jobs[i], v_tenant_id);
        exception
          when sqlstate 'SA011' then v_run := ('skipped', null, null, null); -- it was purged just now
        end;
        commit;
        v_visited := v_visited + (v_run.result <> 'skipped')::integer;
        v_skipped := v_skipped + (v_run.result = 'skipped')::integer;
        v_failed := v_failed + (v_run.result = 'failed')::integer;
        if v_run.result = 'held' then
          v_answers := ops.add_up(v_answers, v_run.detail);
        end if;
        exit when v_run.error_code = '57014';
      end loop;
      perform ops.end_job(
        v_jobs[i], v_begun_at, case when v_failed > 0 then 'failed' else 'held' end,
        coalesce(v_answers, '{}') || pg_catalog.jsonb_build_object('visited', v_visited, 'failed', v_failed, 'skipped', v_skipped),
        null, case when v_failed > 0 then pg_catalog.format('it failed in %s of %s tenants', v_failed, v_visited) end
      );
      commit;
    end if;
    -- Somebody cancelled, or the time is up: what is done is kept, the rest has its turn at the next call.
    exit when v_run.error_code = '57014';
  end loop;
  -- One wake-up for everything, and nobody else sends any.
  if exists (select from ops.delivery as d where d.state = 'pending' and d.next_at <= core.clock()) then
    perform pg_catalog.pg_notify('smartattend_outbox', '');
  end if;
  commit;
end $$;
comment on procedure ops.maintain is
  'Everything that is due (or one job, if it is), each in a transaction of its own, in each tenant in one of its own; what fails is recorded and stops nothing else. Run it as often as you like, by several at once: who finds a job held goes on with the next. For members of smartattend_operator; jobs that need another role''s rights run only where the session''s user is a member of it, too. Not within a transaction. At the end wakes the workers, if a delivery is due. Errors SA006, SA011.';
grant execute on procedure ops.maintain(text) to smartattend_operator;

commit;
