-- Verify smartattend:api/incident_resume on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.incident_resume(uuid, uuid, text, text)'::regprocedure);

rollback;
