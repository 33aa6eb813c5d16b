-- Deploy smartattend:identity/grants to pg
begin;
set local role smartattend_owner;

revoke all on identity."user", identity.membership, identity.role_grant, identity.platform_grant, identity.role, identity.permission,
  identity.role_permission
from public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant references on identity."user", identity.membership to smartattend_session;
grant select, insert on identity."user" to smartattend_session;
grant select on identity.membership, identity.role_grant, identity.role, identity.permission, identity.role_permission to smartattend_session;
grant update (active_until) on identity.membership to smartattend_session; -- to lock a row; its policy lets no change through
grant select, insert, update on identity.platform_grant to smartattend_session;
grant select on identity.membership to smartattend_app;
grant select on tenancy.tenant, tenancy.site, tenancy.unit, tenancy.setting to smartattend_app;
set local role smartattend_session;
revoke all on identity.login_session, identity.platform_session from
  public, smartattend_owner, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;

commit;
