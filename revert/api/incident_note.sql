-- Revert smartattend:api/incident_note from pg
begin;
set local role smartattend_owner;

drop function api.incident_note(uuid, uuid, text, text, text, text);

commit;
