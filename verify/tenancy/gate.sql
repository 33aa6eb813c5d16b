-- Verify smartattend:tenancy/gate on pg
begin;

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
