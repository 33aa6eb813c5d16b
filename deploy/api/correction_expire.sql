-- Deploy smartattend:api/correction_expire to pg
begin;
set local role smartattend_owner;

create function api.correction_expire(key uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(correction_expire.token);
  v_outcome core.outcome;
  v_code text;
begin
  v_outcome := ledger.claim('correction_expire', correction_expire.key, 'null');
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_code := case
    when core.bound_tenant('capture_write') is null then 'SA107'
    when not identity.holds('attendance.finalize') then 'SA104'
  end;
  if v_code is not null then
    return core.finish(ledger.refuse('correction_expire', correction_expire.key, 'null', core.refused(v_code)), correction_expire.key);
  end if;
  v_actor := identity.become_system();
  return core.finish(
    core.accepted(null, null, jsonb_build_object('expired', attendance.expire_corrections())), correction_expire.key
  );
end $$;
comment on function api.correction_expire(uuid, text) is
  'Expires the tenant''s correction requests that nobody decided in time (tenancy.setting.correction_expires_after); those of the system never. Safe to repeat with new keys; detail {"expired"} counts. Permission attendance.finalize for the whole tenant. Errors SA001 to SA006, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.correction_expire(uuid, text) to smartattend_app;

commit;
