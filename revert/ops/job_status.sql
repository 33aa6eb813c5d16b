-- Revert smartattend:ops/job_status from pg
begin;
set local role smartattend_owner;

drop view ops.job_status;

commit;
