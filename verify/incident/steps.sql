-- Verify smartattend:incident/steps on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.bound_tenant()'::regprocedure);
select pg_get_functiondef('incident.call_out(incident.incident, text)'::regprocedure);
select pg_get_functiondef('incident.take_steps(incident.incident, timestamptz, text)'::regprocedure);

rollback;
