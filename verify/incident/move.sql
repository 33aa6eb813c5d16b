-- Verify smartattend:incident/move on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.state(incident.incident, jsonb)'::regprocedure);
select pg_get_functiondef('incident.read_statements(jsonb)'::regprocedure);
select pg_get_functiondef('incident.move(uuid, text, text, jsonb)'::regprocedure);
select pg_get_functiondef('incident.dismiss(uuid, text, text, uuid)'::regprocedure);
select pg_get_functiondef('incident.assign(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('incident.hold(uuid, boolean, text)'::regprocedure);

rollback;
