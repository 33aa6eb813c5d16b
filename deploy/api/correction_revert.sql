-- Deploy smartattend:api/correction_revert to pg
begin;
set local role smartattend_owner;

create function api.correction_revert(
  key uuid, record_id uuid, revision integer, reason text, type text default 'data_entry_error', base_revision integer default null,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(correction_revert.token);
begin
  return attendance.request_correction(
    'correction_revert', correction_revert.key, correction_revert.record_id, correction_revert.type, 'revert', correction_revert.revision,
    null, null, null, '{}', correction_revert.reason, correction_revert.base_revision
  );
end $$;
comment on function api.correction_revert(uuid, uuid, integer, text, text, integer, text) is
  'Asks that a record gets the values (code, in_at, out_at) of an earlier revision again, by a revision of its own: the same four eyes, windows and answers as api.correction_submit; applied, its event has kind revert. The state is not turned back. Errors SA001 to SA006, SA010 to SA013; refusals SA101 to SA104, SA107, SA118, SA119.';
grant execute on function api.correction_revert(uuid, uuid, integer, text, text, integer, text) to smartattend_app;

commit;
