-- Verify smartattend:incident/clocks on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.began_at(uuid, uuid)'::regprocedure);
select pg_get_functiondef('incident.unattended_since(uuid, uuid)'::regprocedure);
select pg_get_functiondef('incident.paused(uuid, uuid, timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('incident.is_paused(uuid, uuid)'::regprocedure);
select pg_get_functiondef('incident.has_lapsed(uuid, uuid, integer, timestamptz)'::regprocedure);
select pg_get_functiondef('incident.judge_clocks(incident.incident, timestamptz, text[])'::regprocedure);

rollback;
