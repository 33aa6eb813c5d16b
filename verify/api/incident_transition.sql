-- Verify smartattend:api/incident_transition on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.incident_transition(uuid, uuid, text, text, jsonb, text)'::regprocedure);

rollback;
