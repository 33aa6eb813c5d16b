-- Verify smartattend:api/correction_withdraw on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.correction_withdraw(uuid, uuid, text, text)'::regprocedure);

rollback;
