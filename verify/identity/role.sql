-- Verify smartattend:identity/role on pg
begin;
set local role smartattend_owner;

select
  permission,
  meaning
from identity.permission
where false;
select
  role,
  platform,
  level,
  meaning
from identity.role
where false;
select
  role,
  permission
from identity.role_permission
where false;

do $$
begin
end $$;

rollback;
