-- Revert smartattend:identity/login_session from pg
begin;
set local role smartattend_session;

drop table identity.login_session;
drop table identity.platform_session;
drop function identity.is_span(interval, interval, interval);
set local role smartattend_owner;
revoke references on tenancy.tenant, identity."user", identity.membership from smartattend_session;

commit;
