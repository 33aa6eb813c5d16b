-- Revert smartattend:api/break_glass from pg
begin;
set local role smartattend_owner;

drop function api.break_glass(uuid, uuid, text, text, integer, text);

commit;
