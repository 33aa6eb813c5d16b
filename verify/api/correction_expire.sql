-- Verify smartattend:api/correction_expire on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.correction_expire(uuid, text)'::regprocedure);

rollback;
