-- Verify smartattend:metrics/performance on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('metrics.objective_of(text)'::regprocedure);
select pg_get_functiondef('metrics.request_performance(timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.error_rate(timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.slo_burn(timestamptz)'::regprocedure);

rollback;
