-- Revert smartattend:api/tenant_create from pg
begin;
set local role smartattend_owner;

drop function api.tenant_create(uuid, text, text, text, text, text, text, boolean, text, text, text);

commit;
