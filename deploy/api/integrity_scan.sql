-- Deploy smartattend:api/integrity_scan to pg
begin;
set local role smartattend_owner;

create function api.integrity_scan(key uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(integrity_scan.token);
  v_outcome core.outcome;
begin
  v_outcome := ledger.claim('integrity_scan', integrity_scan.key, '{}');
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if not identity.holds('attendance.finalize') then
    return core.finish(ledger.refuse('integrity_scan', integrity_scan.key, '{}', core.refused('SA104')), integrity_scan.key);
  elsif core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('integrity_scan', integrity_scan.key, '{}', core.refused('SA107')), integrity_scan.key);
  end if;
  v_actor := identity.become_system();
  return core.finish(core.accepted(null, null, integrity.scan()), integrity_scan.key);
end $$;
comment on function api.integrity_scan(uuid, text) is
  'Has the integrity rules judge what is new since the last scan; as the system, for who holds attendance.finalize for the whole tenant. The detail says {scanned, raised, held, cleared, rules}; scanned false: another scan is running. Run it as often as you like: its cost follows what is new, not what is there. Errors SA001–SA006, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.integrity_scan(uuid, text) to smartattend_app;

commit;
