-- Revert smartattend:api/tenant_transition from pg
begin;
set local role smartattend_owner;

drop function api.tenant_transition(uuid, uuid, text, text, text, text);

commit;
