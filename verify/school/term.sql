-- Verify smartattend:school/term on pg
begin;

select
  tenant_id,
  id,
  site_id,
  code,
  name,
  starts_on,
  ends_on,
  created_at
from school.term
where false;

rollback;
