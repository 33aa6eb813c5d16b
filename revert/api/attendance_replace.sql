-- Revert smartattend:api/attendance_replace from pg
begin;
set local role smartattend_owner;

drop function api.attendance_replace(uuid, uuid, text, text, timestamptz, timestamptz, text);

commit;
