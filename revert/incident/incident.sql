-- Revert smartattend:incident/incident from pg
begin;
set local role smartattend_owner;

drop table incident.incident_transition;
drop table incident.incident;
drop table incident.counter;

commit;
