-- Verify smartattend:identity/role_grant on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  user_id,
  role,
  unit_id,
  starts_at,
  ends_at,
  revoked_at,
  request_id,
  granted_by,
  session_id,
  database_user,
  granted_at,
  during
from identity.role_grant
where false;
select
  user_id,
  id,
  role,
  starts_at,
  ends_at,
  revoked_at,
  revoked_by,
  revoked_because,
  granted_by,
  proposed_by,
  session_id,
  reason,
  ticket,
  database_user,
  granted_at
from identity.platform_grant
where false;

do $$
begin
  assert to_regclass('identity.role_grant_user') is not null, 'index role_grant_user';
  assert to_regclass('identity.role_grant_unit') is not null, 'index role_grant_unit';
  assert to_regclass('identity.nobody_holds_a_platform_role_twice') is not null, 'index nobody_holds_a_platform_role_twice';
end $$;

rollback;
