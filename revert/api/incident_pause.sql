-- Revert smartattend:api/incident_pause from pg
begin;
set local role smartattend_owner;

drop function api.incident_pause(uuid, uuid, text, text);

commit;
