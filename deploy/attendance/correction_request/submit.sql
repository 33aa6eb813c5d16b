-- Deploy smartattend:attendance/correction_request/submit to pg
begin;
set local role smartattend_owner;

create function attendance.submit_correction(
  record attendance.record, type text, is_void boolean, code text, in_at timestamptz, out_at timestamptz, reason text, requester_id uuid,
  clears text[] default '{}', reverts_to integer default null, captured_by uuid default null
)
returns attendance.correction_request
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_values attendance.record := submit_correction.record;
  v_now timestamptz := core.clock();
  v_request attendance.correction_request;
begin
  if submit_correction.reverts_to is not null then
    select e.code, e.in_at, e.out_at into v_values.code, v_values.in_at, v_values.out_at
    from attendance.event as e
    where e.tenant_id = v_values.tenant_id and e.record_id = v_values.id and e.revision = submit_correction.reverts_to;
  elsif submit_correction.is_void is not true then
    v_values.code := case when 'code' <> all (submit_correction.clears) then coalesce(submit_correction.code, v_values.code) end;
    v_values.in_at := case when 'in_at' <> all (submit_correction.clears) then coalesce(submit_correction.in_at, v_values.in_at) end;
    v_values.out_at := case when 'out_at' <> all (submit_correction.clears) then coalesce(submit_correction.out_at, v_values.out_at) end;
  end if;
  perform attendance.expire_corrections((submit_correction.record).id);
  insert into attendance.correction_request (
    tenant_id, record_id, subject_id, unit_id, base_revision, type, effect, reverts_to, code, in_at, out_at, reason, requester_id,
    captured_by, submitted_at, expires_at
  )
  select
    v_values.tenant_id, v_values.id, v_values.subject_id, v_values.unit_id, v_values.revision, submit_correction.type,
    case when submit_correction.is_void then 'void' when submit_correction.reverts_to is not null then 'revert' else 'change' end,
    submit_correction.reverts_to, v_values.code, v_values.in_at, v_values.out_at, submit_correction.reason, submit_correction.requester_id,
    submit_correction.captured_by, v_now,
    -- What the system asks for waits as long as it takes: evidence is not lost because nobody looked.
    case when submit_correction.requester_id is null then 'infinity' else v_now + s.correction_expires_after end
  from tenancy.setting as s
  where s.tenant_id = v_values.tenant_id
  on conflict (tenant_id, record_id) where state in ('submitted', 'approved') do nothing
  returning * into v_request;
  return v_request;
end $$;
comment on function attendance.submit_correction(
  attendance.record, text, boolean, text, timestamptz, timestamptz, text, uuid, text[], integer, uuid
) is
  'Asks for a correction of a record whose person the caller has locked: code, in_at, out_at as they should be (null: as they are; clears names those to be emptied), or is_void, or the values of revision reverts_to. requester_id null is the system, whose requests do not expire; captured_by is then the person who brought the evidence. Null, and nothing is written, when the record has an open request. Who may ask, and for how long, is judged by api.correction_submit.';

commit;
