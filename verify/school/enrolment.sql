-- Verify smartattend:school/enrolment on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  unit_id,
  subject_id,
  starts_on,
  ends_on,
  created_at
from school.enrolment
where false;

do $$
begin
  assert to_regclass('school.enrolment_subject') is not null, 'index enrolment_subject';
end $$;

rollback;
