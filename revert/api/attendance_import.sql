-- Revert smartattend:api/attendance_import from pg
begin;
set local role smartattend_owner;

drop function api.attendance_import(jsonb, text);
drop function attendance.read_import(jsonb);
drop type attendance.import_entry;

commit;
