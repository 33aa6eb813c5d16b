-- Revert smartattend:identity/grants from pg
begin;
set local role smartattend_owner;

revoke all on identity."user", identity.membership, identity.role_grant, identity.platform_grant, identity.role, identity.permission,
  identity.role_permission
from smartattend_session, smartattend_app;
grant references on identity."user", identity.membership to smartattend_session;
revoke all on tenancy.tenant, tenancy.site, tenancy.unit, tenancy.setting from smartattend_app;

commit;
