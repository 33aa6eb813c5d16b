-- Verify smartattend:api/tenant_create on pg
begin;

select pg_get_functiondef('api.tenant_create(uuid, text, text, text, text, text, text, boolean, text, text, text)'::regprocedure);

rollback;
