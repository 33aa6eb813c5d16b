-- Verify smartattend:identity/active_tenants on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.active_tenants()'::regprocedure);

rollback;
