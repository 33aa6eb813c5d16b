-- Revert smartattend:api/tenant_approve from pg
begin;
set local role smartattend_owner;

drop function api.tenant_approve(uuid, uuid, text, text, text, text);

commit;
