-- Verify smartattend:school/timetable on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  unit_id,
  kind,
  weekday,
  local_start,
  local_end,
  valid_from,
  valid_until,
  created_at
from school.timetable
where false;

rollback;
