-- Revert smartattend:api/correction_withdraw from pg
begin;
set local role smartattend_owner;

drop function api.correction_withdraw(uuid, uuid, text, text);

commit;
