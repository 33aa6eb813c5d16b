-- Verify smartattend:api/flag_decide on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.flag_decide(uuid, uuid, text, text, text)'::regprocedure);

rollback;
