-- Revert smartattend:school/schema from pg
begin;
set local role smartattend_owner;

drop schema school;

commit;
