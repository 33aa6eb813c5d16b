-- Revert smartattend:api/platform_session_revoke from pg
begin;
set local role smartattend_owner;

drop function api.platform_session_revoke(uuid, uuid, text, text);

commit;
