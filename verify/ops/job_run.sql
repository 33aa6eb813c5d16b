-- Verify smartattend:ops/job_run on pg
begin;
set local role smartattend_owner;

select * from ops.job_run where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.job_run'::regclass and tgname = 'job_run_100_append_only') = 'A', 'job_run_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.job_run'::regclass and tgname = 'job_run_100_no_truncate') = 'A', 'job_run_100_no_truncate';
  assert to_regclass('ops.job_run_newest') is not null, 'index job_run_newest';
end $$;

rollback;
