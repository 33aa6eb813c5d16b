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
  assert to_regclass('tenancy.gate_machine_state') is not null, 'index gate_machine_state';
end $$;

rollback;
