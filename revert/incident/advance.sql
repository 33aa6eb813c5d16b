-- Revert smartattend:incident/advance from pg
begin;
set local role smartattend_owner;

drop function incident.advance(timestamptz);

commit;
