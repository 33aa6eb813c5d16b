-- Verify smartattend:metrics/report_health on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('metrics.lock_health(text)'::regprocedure);
select pg_get_functiondef('metrics.report_health(text, boolean, jsonb, timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.age_health(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.set_maintenance(text, boolean, text, timestamptz)'::regprocedure);

rollback;
