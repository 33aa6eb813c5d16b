-- Revert smartattend:attendance/leave from pg
begin;
set local role smartattend_owner;

drop function attendance.leave_of(uuid, timestamptz, timestamptz);
drop trigger leave_100_no_truncate on attendance.leave;
drop trigger leave_100_kept on attendance.leave;
drop trigger leave_100_guard on attendance.leave;
drop function attendance.guard_leave();
drop table attendance.leave;

commit;
