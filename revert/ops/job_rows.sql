-- Revert smartattend:ops/job_rows from pg
begin;
set local role smartattend_owner;

delete from ops.job;

commit;
