-- Verify smartattend:corporate/shift_template on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  unit_id,
  code,
  name,
  kind,
  local_start,
  local_end,
  end_day_offset,
  created_at
from corporate.shift_template
where false;

rollback;
