-- Revert smartattend:api/register_open from pg
begin;
set local role smartattend_owner;

drop function api.register_open(uuid, uuid, text);
drop function attendance.move_register(text, uuid, uuid, text, text);

commit;
