-- Revert smartattend:school/timetable from pg
begin;
set local role smartattend_owner;

drop table school.timetable;

commit;
