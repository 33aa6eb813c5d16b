-- Verify smartattend:tenancy/gate on pg
begin;
set local role smartattend_owner;

select
  state,
  login,
  capture_read,
  capture_write,
  administration_read,
  administration_write,
  ordinary_read,
  ordinary_write,
  machine,
  opens
from tenancy.gate
where false;

do $$
begin
end $$;

rollback;
