-- Deploy smartattend:api/correction_submit to pg
begin;
set local role smartattend_owner;

create function api.correction_submit(
  key uuid, record_id uuid, type text, reason text, code text default null, in_at timestamptz default null,
  out_at timestamptz default null, clears text[] default '{}', is_void boolean default false, base_revision integer default null,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(correction_submit.token);
begin
  return attendance.request_correction(
    'correction_submit', correction_submit.key, correction_submit.record_id, correction_submit.type,
    case when correction_submit.is_void then 'void' else 'change' end, null, correction_submit.code, correction_submit.in_at,
    correction_submit.out_at, correction_submit.clears, correction_submit.reason, correction_submit.base_revision
  );
end $$;
comment on function api.correction_submit(
  uuid, uuid, text, text, text, timestamptz, timestamptz, text[], boolean, integer, text
) is
  'Asks for a correction of a record: code, in_at, out_at as they should be (null: as they are; clears names those to be emptied), or is_void. type is the reason code (attendance.correction_type says what each may do), reason says why. Of the own record, or with correction.request in the record''s unit; at most one open request a record; for 7 days the subject, for 30 days others, with period.manage until the period is closed (tenancy.setting). Answers the id of the request and the revision it is based on (base_revision, if given, has to be that one); another person decides: api.correction_decide. Errors SA001 to SA006, SA010 to SA013; refusals SA101 to SA104, SA107, SA111, SA118, SA119.';
grant execute on function api.correction_submit(
  uuid, uuid, text, text, text, timestamptz, timestamptz, text[], boolean, integer, text
) to smartattend_app;

commit;
