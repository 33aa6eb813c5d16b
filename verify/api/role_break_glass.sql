-- Verify smartattend:api/role_break_glass on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_break_glass(uuid, text, text, uuid, integer, text, text)'::regprocedure);

rollback;
