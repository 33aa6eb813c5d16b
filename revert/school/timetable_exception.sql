-- Revert smartattend:school/timetable_exception from pg
begin;
set local role smartattend_owner;

drop trigger timetable_exception_100_no_truncate on school.timetable_exception;
drop trigger timetable_exception_100_kept on school.timetable_exception;
drop table school.timetable_exception;

commit;
