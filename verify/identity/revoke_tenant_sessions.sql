-- Verify smartattend:identity/revoke_tenant_sessions on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.revoke_tenant_sessions(uuid, text)'::regprocedure);

rollback;
