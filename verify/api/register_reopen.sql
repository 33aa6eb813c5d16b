-- Verify smartattend:api/register_reopen on pg
begin;

select pg_get_functiondef('api.register_reopen(uuid, uuid, text, text)'::regprocedure);

rollback;
