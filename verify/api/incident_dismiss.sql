-- Verify smartattend:api/incident_dismiss on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.incident_dismiss(uuid, uuid, text, text, uuid, text)'::regprocedure);

rollback;
