-- Verify smartattend:api/platform_metrics on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.platform_metrics(text)'::regprocedure);

rollback;
