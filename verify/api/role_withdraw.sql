-- Verify smartattend:api/role_withdraw on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_withdraw(uuid, uuid, text, text)'::regprocedure);

rollback;
