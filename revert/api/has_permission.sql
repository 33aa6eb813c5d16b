-- Revert smartattend:api/has_permission from pg
begin;
set local role smartattend_owner;

drop function api.has_permission(text, uuid, text);

commit;
