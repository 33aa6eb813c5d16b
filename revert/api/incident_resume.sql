-- Revert smartattend:api/incident_resume from pg
begin;
set local role smartattend_owner;

drop function api.incident_resume(uuid, uuid, text, text);

commit;
