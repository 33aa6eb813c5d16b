-- Verify smartattend:core/error_code on pg
begin;
set local role smartattend_owner;

select
  code,
  name,
  kind,
  retry,
  meaning,
  action
from core.error_code
where false;

rollback;
