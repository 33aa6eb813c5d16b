-- Revert smartattend:attendance/read_punches from pg
begin;
set local role smartattend_owner;

drop function attendance.read_punches(jsonb);

commit;
