-- Verify smartattend:api/tenant_export_receipt on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.tenant_export_receipt(uuid, uuid, text, text, bigint, text)'::regprocedure);

rollback;
