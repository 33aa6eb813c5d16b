-- Revert smartattend:core/schema from pg
begin;
set local role smartattend_owner;

drop schema core;

commit;
