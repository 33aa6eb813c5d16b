-- Verify smartattend:api/incident_assign on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.incident_assign(uuid, uuid, text, uuid, text)'::regprocedure);

rollback;
