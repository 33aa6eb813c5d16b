-- Revert smartattend:api/impersonate from pg
begin;
set local role smartattend_owner;

drop function api.impersonate(uuid, uuid, text, text, integer, text, text);

commit;
