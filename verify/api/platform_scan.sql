-- Verify smartattend:api/platform_scan on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.platform_scan(uuid, text)'::regprocedure);

rollback;
