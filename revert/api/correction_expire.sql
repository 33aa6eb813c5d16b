-- Revert smartattend:api/correction_expire from pg
begin;
set local role smartattend_owner;

drop function api.correction_expire(uuid, text);

commit;
