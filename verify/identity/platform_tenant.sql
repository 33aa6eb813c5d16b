-- Verify smartattend:identity/platform_tenant on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.platform_tenant(text)'::regprocedure);

rollback;
