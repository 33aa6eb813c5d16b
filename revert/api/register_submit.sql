-- Revert smartattend:api/register_submit from pg
begin;
set local role smartattend_owner;

drop function api.register_submit(uuid, uuid, jsonb, text, text);
drop function attendance.read_marks(jsonb, uuid, attendance.session);

commit;
