-- Revert smartattend:ops/job from pg
begin;
set local role smartattend_owner;

drop table ops.job;

commit;
