-- Verify smartattend:incident/raise on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.count_occurrence(incident.incident, text, integer, text, jsonb)'::regprocedure);
select pg_get_functiondef('incident.home(text, text, timestamptz)'::regprocedure);
select pg_get_functiondef('incident.open_new(text, text, integer, text, jsonb)'::regprocedure);
select pg_get_functiondef('incident.raise(text, text, integer, text, jsonb)'::regprocedure);

rollback;
