-- Verify smartattend:api/correction_revert on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.correction_revert(uuid, uuid, integer, text, text, integer, text)'::regprocedure);

rollback;
