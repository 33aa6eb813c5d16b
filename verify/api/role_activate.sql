-- Verify smartattend:api/role_activate on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_activate(uuid, uuid, text)'::regprocedure);

rollback;
