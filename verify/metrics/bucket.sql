-- Verify smartattend:metrics/bucket on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('metrics.bucket(bigint)'::regprocedure);
select pg_get_functiondef('metrics.bucket_ms(integer)'::regprocedure);
select pg_get_functiondef('metrics.percentiles(integer[], bigint[], double precision[])'::regprocedure);
select pg_get_functiondef('metrics.percentile(integer[], bigint[], double precision)'::regprocedure);
select pg_get_functiondef('metrics.apdex(integer[], bigint[], bigint, double precision)'::regprocedure);
select pg_get_functiondef('metrics.wilson_lower(bigint, bigint, double precision)'::regprocedure);

rollback;
