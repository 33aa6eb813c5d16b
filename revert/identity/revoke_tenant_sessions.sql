-- Revert smartattend:identity/revoke_tenant_sessions from pg
begin;
set local role smartattend_session;

drop function identity.revoke_tenant_sessions(uuid, text);

commit;
