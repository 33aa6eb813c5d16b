-- Revert smartattend:api/correction_decide from pg
begin;
set local role smartattend_owner;

drop function api.correction_decide(uuid, uuid, text, text, text);

commit;
