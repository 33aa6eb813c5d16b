-- Revert smartattend:incident/move from pg
begin;
set local role smartattend_owner;

drop function incident.hold(uuid, boolean, text);
drop function incident.assign(uuid, uuid, text);
drop function incident.dismiss(uuid, text, text, uuid);
drop function incident.move(uuid, text, text, jsonb);
drop function incident.read_statements(jsonb);
drop function incident.state(incident.incident, jsonb);

commit;
