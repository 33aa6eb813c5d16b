-- Verify smartattend:api/incident_pause on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.incident_pause(uuid, uuid, text, text)'::regprocedure);

rollback;
