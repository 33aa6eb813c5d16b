-- Revert smartattend:api/correction_revert from pg
begin;
set local role smartattend_owner;

drop function api.correction_revert(uuid, uuid, integer, text, text, integer, text);

commit;
