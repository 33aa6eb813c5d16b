-- Revert smartattend:integrity/schema from pg
begin;
set local role smartattend_owner;

drop schema integrity;

commit;
