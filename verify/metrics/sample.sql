-- Verify smartattend:metrics/sample on pg
begin;
set local role smartattend_owner;

select * from metrics.sample where false;
select pg_get_functiondef('metrics.guard_sample()'::regprocedure);
select pg_get_functiondef('metrics.add_partition(date)'::regprocedure);
select pg_get_functiondef('metrics.drop_partitions(timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.record(text, double precision, jsonb)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.sample'::regclass and tgname = 'sample_100_expires_only') = 'A', 'sample_100_expires_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.sample'::regclass and tgname = 'sample_100_no_truncate') = 'A', 'sample_100_no_truncate';
  assert to_regclass('metrics.sample_metric') is not null, 'index sample_metric';
end $$;

rollback;
