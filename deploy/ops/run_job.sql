-- Deploy smartattend:ops/run_job to pg
begin;
set local role smartattend_owner;

create type ops.run as (result text, detail jsonb, error_code text, error text);
comment on type ops.run is
  'What became of a run: held, failed (with SQLSTATE and message), or skipped: it is not due, or somebody else runs it now.';

create function ops.make_visit(job text, tenant_id uuid)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
begin
  insert into ops.visit (tenant_id, job) values (make_visit.tenant_id, make_visit.job) on conflict on constraint visit_pkey do nothing;
  return true;
exception
  when lock_not_available then return false;
end $$;
comment on function ops.make_visit(text, uuid) is
  'The row of the first visit of a job. False when somebody else makes it now, who runs the job: nobody waits for that.';

create function ops.take_visit(job ops.job)
returns timestamptz
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_begun_at timestamptz;
  v_now timestamptz;
begin
  if not exists (select from ops.visit as v where v.tenant_id = v_tenant_id and v.job = (take_visit.job).job)
    and not ops.make_visit((take_visit.job).job, v_tenant_id)
  then
    return null;
  end if;
  select v.begun_at into v_begun_at
  from ops.visit as v
  where v.tenant_id = v_tenant_id and v.job = (take_visit.job).job
  for update skip locked;
  if not found then
    return null;
  end if;
  v_now := core.clock();
  -- A clock that went back makes nothing wait.
  if v_begun_at <= v_now and v_begun_at > v_now - (take_visit.job).every then
    return null;
  end if;
  update ops.visit as v
  set begun_at = v_now, ended_at = least(v.ended_at, v_now - interval '1 microsecond')
  where v.tenant_id = v_tenant_id and v.job = (take_visit.job).job;
  return v_now;
end $$;
comment on function ops.take_visit(ops.job) is
  'Begins a run of a job in the bound tenant, or for the platform: from here on to the end of the transaction nobody else does. Answers when it began; null when it is not due or somebody else runs it.';

create function ops.end_visit(job text, begun_at timestamptz, run ops.run, is_kept boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_now timestamptz := core.clock();
begin
  update ops.visit as v
  set ended_at = v_now, failures = case (end_visit.run).result when 'failed' then v.failures + 1 else 0 end
  where v.tenant_id = v_tenant_id and v.job = end_visit.job and v.begun_at = end_visit.begun_at and v.ended_at < v.begun_at;
  if not found then
    perform core.fail('SA011', format('%s begun at %s', end_visit.job, end_visit.begun_at), 'a run that has begun and not ended');
  end if;
  if end_visit.is_kept then
    insert into ops.job_run (tenant_id, begun_at, job, ended_at, result, detail, error_code, error)
    values (
      v_tenant_id, end_visit.begun_at, end_visit.job, v_now, (end_visit.run).result, coalesce((end_visit.run).detail, '{}'),
      (end_visit.run).error_code, (end_visit.run).error
    );
  end if;
end $$;
comment on function ops.end_visit(text, timestamptz, ops.run, boolean) is
  'Ends the run that began at an instant, and keeps it in ops.job_run if that is wanted. Error SA011 when none did.';

create function ops.gist(answers jsonb)
returns jsonb
language sql
immutable
as $$
  select case
    when pg_catalog.jsonb_array_length(gist.answers) = 1 and pg_catalog.jsonb_typeof(gist.answers -> 0) = 'object' then gist.answers -> 0
    when pg_catalog.jsonb_array_length(gist.answers) = 1 then pg_catalog.jsonb_build_object('answer', gist.answers -> 0)
    when pg_catalog.jsonb_array_length(gist.answers) > 1 then
      pg_catalog.jsonb_build_object('answers', pg_catalog.jsonb_array_length(gist.answers), 'last', gist.answers -> -1)
    else '{}'
  end
$$;
comment on function ops.gist(jsonb) is 'What is kept of the rows that a job answered: one object as it is, of many their number and the last one.';

create function ops.due_jobs(wanted text default null)
returns table (job text, scope text, call text, runs_as text)
language plpgsql
volatile
security definer
rows 20
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_job(null);
  v_now timestamptz := core.clock();
begin
  if due_jobs.wanted is not null and not exists (select from ops.job as j where j.job = due_jobs.wanted) then
    perform core.fail('SA011', 'job ' || due_jobs.wanted, 'a job of ops.job');
  end if;
  return query
  select j.job, j.scope, j.call, j.runs_as
  from ops.job as j
  left join ops.visit as v on v.tenant_id = '00000000-0000-0000-0000-000000000000' and v.job = j.job
  where j.is_enabled
    and (due_jobs.wanted is null or j.job = due_jobs.wanted)
    and (v.begun_at is null or v.begun_at > v_now or v.begun_at <= v_now - j.every)
  order by coalesce(v.begun_at, '-infinity') + j.every, j.position, j.job;
end $$;
comment on function ops.due_jobs(text) is
  'The jobs that are due (all, or if that one is), the most overdue first: one that never ends does not keep the others from their turn. Error SA011.';

create function ops.begin_job(job text)
returns timestamptz
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_job(null);
  v_job ops.job;
begin
  select j.* into v_job from ops.job as j where j.job = begin_job.job and j.is_enabled;
  if not found then
    perform core.fail('SA011', 'job ' || coalesce(begin_job.job, 'null'), 'a job of ops.job that is enabled');
  end if;
  return ops.take_visit(v_job);
end $$;
comment on function ops.begin_job(text) is
  'Begins a run of a job that ops.run_job does not run alone: one of tenants, or one that needs another role''s rights. Answers when it began; null when it is not due or somebody else runs it. Error SA011.';

create function ops.end_job(job text, begun_at timestamptz, result text, answers jsonb, error_code text default null, error text default null)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_job(null);
  v_run ops.run := (
    end_job.result, case jsonb_typeof(end_job.answers) when 'array' then ops.gist(end_job.answers) else end_job.answers end, end_job.error_code,
    end_job.error
  );
begin
  perform ops.end_visit(end_job.job, end_job.begun_at, v_run, true);
end $$;
comment on function ops.end_job(text, timestamptz, text, jsonb, text, text) is 'Ends what ops.begin_job began, and keeps it. Error SA011.';

create function ops.tenants_of_job(job text)
returns uuid[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_job(null);
begin
  return array(
    select t.tenant_id
    from ops.job as j
    cross join lateral identity.job_tenants(j.gate) as t (tenant_id)
    where j.job = tenants_of_job.job and j.scope = 'tenant'
  );
end $$;
comment on function ops.tenants_of_job(text) is 'The tenants that a job visits.';

create function ops.run_job(job text, tenant_id uuid default null)
returns ops.run
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_actor core.actor := identity.bind_job(run_job.tenant_id);
  v_job ops.job;
  v_begun_at timestamptz;
  v_run ops.run;
  v_answers jsonb;
  v_detail text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
  end if;
  select j.* into v_job
  from ops.job as j
  where j.job = run_job.job
    and j.is_enabled
    and j.runs_as = 'smartattend_owner'
    and (j.scope = 'tenant') = (run_job.tenant_id is not null);
  if not found then
    perform core.fail('SA011', 'job ' || coalesce(run_job.job, 'null'), 'a job that the owner runs, with a tenant if it is one of tenants');
  end if;
  v_run.result := 'skipped';
  if v_job.gate is not null and core.bound_tenant(v_job.gate) is null then
    return v_run;
  end if;
  v_begun_at := ops.take_visit(v_job);
  if v_begun_at is null then
    return v_run;
  end if;
  begin
    execute format('select coalesce(jsonb_agg(to_jsonb(f)), ''[]'') from %s as f', v_job.call) into v_answers;
    v_run := ('held', ops.gist(v_answers), null, null);
  exception
    -- Nothing that a job meets keeps the others from running: also its time-out, which the caller sees by the code.
    when query_canceled or assert_failure or others then
      get stacked diagnostics v_run.error_code = returned_sqlstate, v_run.error = message_text, v_detail = pg_exception_detail;
      v_run := ('failed', jsonb_build_object('detail', v_detail), v_run.error_code, v_run.error);
  end;
  v_actor := identity.bind_job(run_job.tenant_id);
  -- Of tenants there are many, and most have nothing to tell: what was done there is added up in the run of the job.
  perform ops.end_visit(v_job.job, v_begun_at, v_run, run_job.tenant_id is null or v_run.result = 'failed');
  return v_run;
end $$;
comment on function ops.run_job(text, uuid) is
  'Runs one job once, for the platform or in a tenant, if it is due and nobody else runs it there, and records it: what fails is undone and is a fact. Does not wait for a lock longer than 10 seconds. Commit after each. Errors SA006, SA011.';

grant execute on function
  ops.due_jobs(text), ops.begin_job(text), ops.end_job(text, timestamptz, text, jsonb, text, text), ops.tenants_of_job(text),
  ops.run_job(text, uuid)
to smartattend_operator;

commit;
