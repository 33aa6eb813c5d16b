-- Revert smartattend:incident/incident/follow from pg
begin;
set local role smartattend_owner;

drop trigger incident_900_follow_move on incident.incident;
drop function incident.follow_move();
drop function incident.missing(incident.incident, text);

commit;
