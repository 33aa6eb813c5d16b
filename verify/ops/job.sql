-- Verify smartattend:ops/job on pg
begin;
set local role smartattend_owner;

select * from ops.job where false;

rollback;
