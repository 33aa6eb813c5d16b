-- Verify smartattend:api/integrity_scan on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.integrity_scan(uuid, text)'::regprocedure);

rollback;
