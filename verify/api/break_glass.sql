-- Verify smartattend:api/break_glass on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.break_glass(uuid, uuid, text, text, integer, text)'::regprocedure);

rollback;
