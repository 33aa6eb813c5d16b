-- Revert smartattend:simulation/schema from pg
begin;
set local role smartattend_owner;

drop schema simulation;

commit;
