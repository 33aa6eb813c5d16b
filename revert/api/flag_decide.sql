-- Revert smartattend:api/flag_decide from pg
begin;
set local role smartattend_owner;

drop function api.flag_decide(uuid, uuid, text, text, text);

commit;
