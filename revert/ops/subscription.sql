-- Revert smartattend:ops/subscription from pg
begin;
set local role smartattend_owner;

drop table ops.subscription;

commit;
