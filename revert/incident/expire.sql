-- Revert smartattend:incident/expire from pg
begin;
set local role smartattend_owner;

drop function incident.expire(incident.incident);

commit;
