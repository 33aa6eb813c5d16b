-- Verify smartattend:api/access_scan on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.access_scan(uuid, text)'::regprocedure);

rollback;
