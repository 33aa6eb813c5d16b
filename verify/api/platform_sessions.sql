-- Verify smartattend:api/platform_sessions on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.platform_sessions(text)'::regprocedure);

rollback;
