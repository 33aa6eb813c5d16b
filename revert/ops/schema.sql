-- Revert smartattend:ops/schema from pg
begin;
set local role smartattend_owner;

drop schema ops;

commit;
