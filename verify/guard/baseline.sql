-- Verify smartattend:guard/baseline on pg
begin;

select
  kind,
  object,
  detail,
  accepted_at,
  accepted_by,
  reason
from guard.baseline
where false;

rollback;
