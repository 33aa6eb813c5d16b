-- Verify smartattend:attendance/record on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  subject_id,
  session_id,
  unit_id,
  business_date,
  accounted_at,
  state,
  state_via,
  state_reason,
  code,
  revision,
  is_open,
  in_at,
  out_at,
  replaces_id
from attendance.record
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_100_kept') = 'A', 'record_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_100_no_truncate') = 'A', 'record_100_no_truncate';
  assert to_regclass('attendance.a_person_has_one_record_in_a_session') is not null, 'index a_person_has_one_record_in_a_session';
  assert to_regclass('attendance.a_person_has_one_open_record') is not null, 'index a_person_has_one_open_record';
  assert to_regclass('attendance.record_subject_business_date') is not null, 'index record_subject_business_date';
end $$;

rollback;
