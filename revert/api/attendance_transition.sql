-- Revert smartattend:api/attendance_transition from pg
begin;
set local role smartattend_owner;

drop function api.attendance_transition(uuid, uuid, text, text, integer, text);

commit;
