-- Revert smartattend:api/incident_raise from pg
begin;
set local role smartattend_owner;

drop function api.incident_raise(uuid, text, integer, text, jsonb, text);

commit;
