-- Verify smartattend:metrics/collect on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('metrics.clock_drift(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.request_latency(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.function_latency(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.request_errors(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.open_flags(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.open_corrections(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.open_escalations(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.overdue_revalidations(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.active_tenants(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.seal_age(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.connections_used(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.oldest_transaction(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.dead_tuples(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.collect(timestamptz)'::regprocedure);

rollback;
