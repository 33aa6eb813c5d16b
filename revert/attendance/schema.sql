-- Revert smartattend:attendance/schema from pg
begin;
set local role smartattend_owner;

drop schema attendance;

commit;
