-- Verify smartattend:api/escalation_decide on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.escalation_decide(uuid, uuid, text, text, text)'::regprocedure);

rollback;
