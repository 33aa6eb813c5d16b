-- Revert smartattend:api/tenant_export_receipt from pg
begin;
set local role smartattend_owner;

drop function api.tenant_export_receipt(uuid, uuid, text, text, bigint, text);

commit;
