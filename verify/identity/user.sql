-- Verify smartattend:identity/user on pg
begin;

select
  id,
  login,
  created_at
from identity."user"
where false;

rollback;
