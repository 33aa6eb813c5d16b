-- Deploy smartattend:api/clock_expire to pg
begin;
set local role smartattend_owner;

create function api.clock_expire(key uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(clock_expire.token);
  v_outcome core.outcome;
begin
  v_outcome := ledger.claim('clock_expire', clock_expire.key, '{}');
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := case
    when core.bound_tenant('capture_write') is null then core.refused('SA107')
    when not identity.holds('device.manage') then core.refused('SA104', jsonb_build_object('expected', 'device.manage'))
  end;
  if v_outcome.status is not null then
    return core.finish(ledger.refuse('clock_expire', clock_expire.key, '{}', v_outcome), clock_expire.key);
  end if;
  perform identity.become_system();
  return core.finish(core.accepted(null, null, jsonb_build_object('expired', timing.expire_clocks())), clock_expire.key);
end $$;
comment on function api.clock_expire(uuid, text) is
  'The job that makes the clocks of silent devices unknown, for who holds device.manage; detail {expired}. Safe to repeat. Errors SA001–SA006, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.clock_expire(uuid, text) to smartattend_app;

commit;
