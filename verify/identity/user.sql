-- Verify smartattend:identity/user on pg
begin;
set local role smartattend_owner;

select
  id,
  login,
  created_at
from identity."user"
where false;

rollback;
