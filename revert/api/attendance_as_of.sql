-- Revert smartattend:api/attendance_as_of from pg
begin;
set local role smartattend_owner;

drop function api.attendance_as_of(uuid, date, date, timestamptz, text);

commit;
