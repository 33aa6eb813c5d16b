-- Verify smartattend:api/register_close on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.register_close(uuid, text)'::regprocedure);

rollback;
