-- Revert smartattend:api/incident_dismiss from pg
begin;
set local role smartattend_owner;

drop function api.incident_dismiss(uuid, uuid, text, text, uuid, text);

commit;
