-- Revert smartattend:api/platform_revoke from pg
begin;
set local role smartattend_owner;

drop function api.platform_revoke(uuid, text, text, text, text);

commit;
