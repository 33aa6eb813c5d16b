-- Revert smartattend:api/role_withdraw from pg
begin;
set local role smartattend_owner;

drop function api.role_withdraw(uuid, uuid, text, text);

commit;
