-- Verify smartattend:school/course on pg
begin;

select
  tenant_id,
  id,
  site_id,
  code,
  name,
  created_at
from school.course
where false;

rollback;
