-- Revert smartattend:api/tenant_overview from pg
begin;
set local role smartattend_owner;

drop function api.tenant_overview(text);

commit;
