-- Verify smartattend:api/register_marks on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.register_marks(uuid, text)'::regprocedure);

rollback;
