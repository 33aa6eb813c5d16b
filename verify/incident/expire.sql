-- Verify smartattend:incident/expire on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.expire(incident.incident)'::regprocedure);

rollback;
