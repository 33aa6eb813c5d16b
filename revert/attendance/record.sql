-- Revert smartattend:attendance/record from pg
begin;
set local role smartattend_owner;

drop trigger record_100_no_truncate on attendance.record;
drop trigger record_100_kept on attendance.record;
drop table attendance.record;

commit;
