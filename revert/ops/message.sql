-- Revert smartattend:ops/message from pg
begin;
set local role smartattend_owner;

drop table ops.message;

commit;
