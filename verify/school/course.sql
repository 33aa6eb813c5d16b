-- Verify smartattend:school/course on pg
begin;
set local role smartattend_owner;

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
