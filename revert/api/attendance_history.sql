-- Revert smartattend:api/attendance_history from pg
begin;
set local role smartattend_owner;

drop function api.attendance_history(uuid, date, date, text);

commit;
