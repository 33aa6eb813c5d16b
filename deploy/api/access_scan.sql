-- Deploy smartattend:api/access_scan to pg
begin;
set local role smartattend_owner;

create function api.access_scan(key uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(access_scan.token);
  v_outcome core.outcome;
  v_now timestamptz;
  v_done jsonb;
begin
  v_outcome := ledger.claim('access_scan', access_scan.key, '{}');
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if not identity.holds('role.review') then
    return access.refuse('access_scan', access_scan.key, '{}', core.refused('SA104'));
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('access_scan', access_scan.key, '{}', v_outcome);
  end if;
  v_actor := identity.become_system();
  v_now := core.clock();
  v_done := access.advance(v_now);
  return core.finish(core.accepted(null, null, v_done || jsonb_build_object('events', access.observe(v_now))), access_scan.key);
end $$;
comment on function api.access_scan(uuid, text) is
  'Lets time do its work on roles (requests expire and lapse, revalidations fall due and overdue with their consequence) and looks for escalation; as the system, for who holds role.review for the whole tenant. detail: expired, activated, lapsed, queued, due, overdue, events. Run it as often as you like. Errors SA001–SA006, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.access_scan(uuid, text) to smartattend_app;

commit;
