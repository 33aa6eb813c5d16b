-- Revert smartattend:api/role_approvers from pg
begin;
set local role smartattend_owner;

drop function api.role_approvers(uuid, text);

commit;
