-- Verify smartattend:incident/act on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.refusal()'::regprocedure);
select pg_get_functiondef('incident.finish(core.outcome, uuid, text, jsonb)'::regprocedure);
select pg_get_functiondef('incident.lock_incident(uuid)'::regprocedure);
select pg_get_functiondef('incident.may_have(uuid)'::regprocedure);
select pg_get_functiondef('incident.summary(incident.incident)'::regprocedure);

rollback;
