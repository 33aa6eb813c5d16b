-- Revert smartattend:identity/schema from pg
begin;
set local role smartattend_owner;

drop schema identity;

commit;
