-- Verify smartattend:api/tenant_create on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.tenant_create(uuid, text, text, text, text, text, text, boolean, text, text, text)'::regprocedure);

rollback;
