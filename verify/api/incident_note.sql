-- Verify smartattend:api/incident_note on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.incident_note(uuid, uuid, text, text, text, text)'::regprocedure);

rollback;
