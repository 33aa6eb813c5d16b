-- Revert smartattend:access/schema from pg
begin;
set local role smartattend_owner;

drop schema access;

commit;
