-- Verify smartattend:ops/collectors on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.open_incidents(timestamptz)'::regprocedure);
select pg_get_functiondef('ops.missed_promises(timestamptz)'::regprocedure);
select pg_get_functiondef('ops.job_lag(timestamptz)'::regprocedure);
select 1 / (count(*) = 3)::integer from metrics.collector where function like 'ops.%';

rollback;
