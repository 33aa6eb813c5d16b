-- Verify smartattend:identity/revoke_tenant_sessions on pg
begin;

select pg_get_functiondef('identity.revoke_tenant_sessions(uuid, text)'::regprocedure);

rollback;
