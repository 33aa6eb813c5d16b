-- Revert smartattend:api/incident_transition from pg
begin;
set local role smartattend_owner;

drop function api.incident_transition(uuid, uuid, text, text, jsonb, text);

commit;
