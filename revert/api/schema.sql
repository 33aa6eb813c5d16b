-- Revert smartattend:api/schema from pg
begin;
set local role smartattend_owner;

drop schema api;

commit;
