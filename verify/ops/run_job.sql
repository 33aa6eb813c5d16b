-- Verify smartattend:ops/run_job on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.make_visit(text, uuid)'::regprocedure);
select pg_get_functiondef('ops.take_visit(ops.job)'::regprocedure);
select pg_get_functiondef('ops.end_visit(text, timestamptz, ops.run, boolean)'::regprocedure);
select pg_get_functiondef('ops.gist(jsonb)'::regprocedure);
select pg_get_functiondef('ops.due_jobs(text)'::regprocedure);
select pg_get_functiondef('ops.begin_job(text)'::regprocedure);
select pg_get_functiondef('ops.end_job(text, timestamptz, text, jsonb, text, text)'::regprocedure);
select pg_get_functiondef('ops.tenants_of_job(text)'::regprocedure);
select pg_get_functiondef('ops.run_job(text, uuid)'::regprocedure);
select 'ops.run'::regtype;

rollback;
