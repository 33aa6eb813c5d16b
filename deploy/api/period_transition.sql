-- Deploy smartattend:api/period_transition to pg
begin;
set local role smartattend_owner;

create function api.period_transition(key uuid, period_id uuid, via text, reason text default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(period_transition.token);
  v_payload jsonb := jsonb_build_object(
    'period_id', period_transition.period_id, 'via', period_transition.via, 'reason', period_transition.reason
  );
  v_outcome core.outcome;
  v_period attendance.period;
  v_transition core.transition;
  v_code text;
  v_expected text := period_transition.via;
  v_observed text;
  v_waits_for xid[];
  v_processes jsonb;
  v_totals integer;
begin
  v_outcome := ledger.claim('period_transition', period_transition.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  -- The tenant's row first, as api.put_periods does; then the period's, for which corrections of a closing period make us wait.
  perform from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id for no key update;
  select p.* into v_period
  from attendance.period as p
  where p.tenant_id = v_actor.tenant_id and p.id = period_transition.period_id;
  if not found then
    perform core.fail('SA011', 'period_id ' || coalesce(period_transition.period_id::text, 'null'), 'a period of this tenant');
  end if;
  v_observed := format('period %s, which is %s', v_period.code, v_period.state);
  if exists (select from attendance.event as e where e.tenant_id = v_actor.tenant_id and e.key = period_transition.key) then
    v_code := 'SA102';
  elsif core.bound_tenant('capture_write') is null then
    v_code := 'SA107';
  elsif not identity.holds('period.manage') then
    v_code := 'SA104';
  else
    select p.* into v_period
    from attendance.period as p
    where p.tenant_id = v_actor.tenant_id and p.id = period_transition.period_id
    for no key update;
    v_observed := format('period %s, which is %s', v_period.code, v_period.state);
    select t.* into v_transition
    from core.transition as t
    where t.machine = 'period' and t.from_state = v_period.state and t.via = period_transition.via;
    v_code := core.transition_refusal(
      'period', v_period.state, v_transition.to_state, period_transition.via, period_transition.reason, '{}'
    );
  end if;
  if v_code is null and v_transition.requires_reason is false and not coalesce(core.is_reason(period_transition.reason), true) then
    v_code := 'SA013';
  end if;
  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(period_transition.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if v_code is null and period_transition.via = 'close' and v_period.ends_at > core.clock() then
    v_code := 'SA101';
    v_observed := format('period %s, which ends at %s', v_period.code, attendance.utc(v_period.ends_at));
    v_expected := 'a period that has ended: while it is closing, nobody can check in';
  end if;

  if v_code is null and period_transition.via = 'freeze' then
    if exists (
      select from attendance.period_transition as t
      where t.tenant_id = v_actor.tenant_id and t.object_id = v_period.id and t.xid = pg_current_xact_id()
    ) then
      v_code := 'SA122';
      v_observed := 'closing is not committed yet';
      v_expected := 'a transaction of its own';
    else
      -- Closing is committed: who writes from here on sees it, and who wrote before and did not see it is in flight now, or has ended.
      v_waits_for := coalesce(v_period.waits_for, attendance.writers_in_flight());
      select array_agg(f.transaction), jsonb_agg(f.process order by f.process) filter (where f.process is not null)
      into v_waits_for, v_processes
      from attendance.still_in_flight(v_waits_for) as f;
      if v_waits_for is not null then
        v_code := 'SA122';
        v_observed := 'transactions that wrote attendance before it was closing: ' || cardinality(v_waits_for);
        v_expected := 'their end';
        update attendance.period as p
        set waits_for = v_waits_for
        where p.tenant_id = v_actor.tenant_id and p.id = v_period.id;
      end if;
    end if;
  end if;

  if v_code is not null then
    return core.finish(
      ledger.refuse(
        'period_transition', period_transition.key, v_payload,
        core.refused(
          v_code,
          jsonb_strip_nulls(jsonb_build_object('observed', v_observed, 'expected', v_expected, 'processes', v_processes))
        )
      ),
      period_transition.key
    );
  end if;
  if period_transition.via = 'freeze' then
    v_totals := attendance.freeze_period(v_period, period_transition.reason);
  else
    update attendance.period as p
    set state = v_transition.to_state, state_via = period_transition.via, state_reason = period_transition.reason, waits_for = null
    where p.tenant_id = v_actor.tenant_id and p.id = v_period.id;
  end if;
  return core.finish(
    core.accepted(
      v_period.id, null,
      jsonb_strip_nulls(jsonb_build_object('from', v_period.state, 'state', v_transition.to_state, 'totals', v_totals))
    ),
    period_transition.key
  );
end $$;
comment on function api.period_transition(uuid, uuid, text, text, text) is
  'Moves a period by close, freeze or reopen (smartattend machine show period). close: no new writes; commit it. freeze, in a transaction of its own: writes the totals and closes for ever, once every transaction has ended that wrote before closing was committed; until then refused with SA122 (the detail names their processes), to be repeated. reopen, with a reason: from closing back to open. Permission period.manage for the whole tenant. Errors SA001–SA006, SA011–SA013; refusals SA101 (also a period that has not ended), SA102, SA104, SA107, SA122.';
grant execute on function api.period_transition(uuid, uuid, text, text, text) to smartattend_app;

commit;
