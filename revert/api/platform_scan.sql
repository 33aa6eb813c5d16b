-- Revert smartattend:api/platform_scan from pg
begin;
set local role smartattend_owner;

drop function api.platform_scan(uuid, text);

commit;
