-- Verify smartattend:school/section on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  site_id,
  course_id,
  term_id,
  unit_kind,
  created_at
from school.section
where false;

do $$
begin
  assert to_regclass('school.section_course') is not null, 'index section_course';
  assert to_regclass('school.section_term') is not null, 'index section_term';
end $$;

rollback;
