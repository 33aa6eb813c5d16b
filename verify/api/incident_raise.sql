-- Verify smartattend:api/incident_raise on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.incident_raise(uuid, text, integer, text, jsonb, text)'::regprocedure);

rollback;
