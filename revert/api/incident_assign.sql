-- Revert smartattend:api/incident_assign from pg
begin;
set local role smartattend_owner;

drop function api.incident_assign(uuid, uuid, text, uuid, text);

commit;
