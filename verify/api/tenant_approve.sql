-- Verify smartattend:api/tenant_approve on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.tenant_approve(uuid, uuid, text, text, text, text)'::regprocedure);

rollback;
