-- Verify smartattend:api/period_transition on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.period_transition(uuid, uuid, text, text, text)'::regprocedure);

rollback;
