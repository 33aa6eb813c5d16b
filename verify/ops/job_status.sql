-- Verify smartattend:ops/job_status on pg
begin;
set local role smartattend_owner;

select * from ops.job_status where false;

rollback;
