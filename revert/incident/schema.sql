-- Revert smartattend:incident/schema from pg
begin;
set local role smartattend_owner;

drop schema incident;

commit;
