-- Verify smartattend:school/term on pg
begin;
set local role smartattend_owner;

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
