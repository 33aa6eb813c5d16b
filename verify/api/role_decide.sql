-- Verify smartattend:api/role_decide on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_decide(uuid, uuid, text, text, text)'::regprocedure);

rollback;
