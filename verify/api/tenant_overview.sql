-- Verify smartattend:api/tenant_overview on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.tenant_overview(text)'::regprocedure);

rollback;
