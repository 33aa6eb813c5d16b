-- Revert smartattend:api/role_break_glass from pg
begin;
set local role smartattend_owner;

drop function api.role_break_glass(uuid, text, text, uuid, integer, text, text);

commit;
