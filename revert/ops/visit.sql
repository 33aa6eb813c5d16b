-- Revert smartattend:ops/visit from pg
begin;
set local role smartattend_owner;

drop table ops.horizon;
drop table ops.visit;

commit;
