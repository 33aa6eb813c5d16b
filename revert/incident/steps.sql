-- Revert smartattend:incident/steps from pg
begin;
set local role smartattend_owner;

drop function incident.take_steps(incident.incident, timestamptz, text);
drop function incident.call_out(incident.incident, text);
drop function incident.bound_tenant();

commit;
