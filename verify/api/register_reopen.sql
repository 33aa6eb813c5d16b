-- Verify smartattend:api/register_reopen on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.register_reopen(uuid, uuid, text, text)'::regprocedure);

rollback;
