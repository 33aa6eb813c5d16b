-- Revert smartattend:timing/schema from pg
begin;
set local role smartattend_owner;

drop schema timing;

commit;
