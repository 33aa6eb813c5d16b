-- Revert smartattend:attendance/closed_day from pg
begin;
set local role smartattend_owner;

drop function attendance.is_closed(uuid, date);
drop trigger closed_day_100_no_truncate on attendance.closed_day;
drop trigger closed_day_100_kept on attendance.closed_day;
drop table attendance.closed_day;

commit;
