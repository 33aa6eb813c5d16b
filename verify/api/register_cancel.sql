-- Verify smartattend:api/register_cancel on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.register_cancel(uuid, uuid, text, text)'::regprocedure);

rollback;
