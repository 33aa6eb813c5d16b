-- Deploy smartattend:api/correction_withdraw to pg
begin;
set local role smartattend_owner;

create function api.correction_withdraw(key uuid, request_id uuid, reason text default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(correction_withdraw.token);
begin
  return attendance.decide_correction(
    'correction_withdraw', correction_withdraw.key, correction_withdraw.request_id, 'withdraw', correction_withdraw.reason
  );
end $$;
comment on function api.correction_withdraw(uuid, uuid, text, text) is
  'Takes an open correction request back: only who asked for it. Errors SA001 to SA006, SA011 to SA013; refusals SA101, SA102, SA104, SA107.';
grant execute on function api.correction_withdraw(uuid, uuid, text, text) to smartattend_app;

commit;
