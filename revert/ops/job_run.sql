-- Revert smartattend:ops/job_run from pg
begin;
set local role smartattend_owner;

drop table ops.job_run;

commit;
