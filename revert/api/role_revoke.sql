-- Revert smartattend:api/role_revoke from pg
begin;
set local role smartattend_owner;

drop function api.role_revoke(uuid, uuid, text, text);

commit;
