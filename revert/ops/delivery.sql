-- Revert smartattend:ops/delivery from pg
begin;
set local role smartattend_owner;

drop table ops.delivery;

commit;
