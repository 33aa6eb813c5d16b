-- Revert smartattend:api/role_decide from pg
begin;
set local role smartattend_owner;

drop function api.role_decide(uuid, uuid, text, text, text);

commit;
