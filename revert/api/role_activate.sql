-- Revert smartattend:api/role_activate from pg
begin;
set local role smartattend_owner;

drop function api.role_activate(uuid, uuid, text);

commit;
