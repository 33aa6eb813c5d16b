-- Revert smartattend:ops/run_job from pg
begin;
set local role smartattend_owner;

drop function ops.run_job(text, uuid);
drop function ops.tenants_of_job(text);
drop function ops.end_job(text, timestamptz, text, jsonb, text, text);
drop function ops.begin_job(text);
drop function ops.due_jobs(text);
drop function ops.gist(jsonb);
drop function ops.end_visit(text, timestamptz, ops.run, boolean);
drop function ops.take_visit(ops.job);
drop function ops.make_visit(text, uuid);
drop type ops.run;

commit;
