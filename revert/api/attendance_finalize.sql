-- Revert smartattend:api/attendance_finalize from pg
begin;
set local role smartattend_owner;

drop function api.attendance_finalize(uuid, text);

commit;
