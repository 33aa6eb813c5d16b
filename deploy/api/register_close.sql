-- Deploy smartattend:api/register_close to pg
begin;
set local role smartattend_owner;

create function api.register_close(key uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(register_close.token);
  v_outcome core.outcome;
begin
  v_outcome := ledger.claim('register_close', register_close.key, null);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := case
    when core.bound_tenant('capture_write') is null then core.refused('SA107')
    when not identity.holds('attendance.finalize') then core.refused('SA104', '{"expected": "attendance.finalize"}')
  end;
  if (v_outcome).status is not null then
    return core.finish(ledger.refuse('register_close', register_close.key, null, v_outcome), register_close.key);
  end if;
  v_actor := identity.become_system();
  return core.finish(core.accepted(null, null, jsonb_build_object('closed', attendance.close_registers())), register_close.key);
end $$;
comment on function api.register_close(uuid, text) is
  'Runs the job that closes registers now: those submitted longer ago than the setting register_closes_after, and those in a closed period; detail {"closed"} counts them, at most 10,000 in a call. Permission attendance.finalize for the whole tenant. Errors SA001–SA006, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.register_close(uuid, text) to smartattend_app;

commit;
