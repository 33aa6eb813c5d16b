-- Revert smartattend:school/course from pg
begin;
set local role smartattend_owner;

drop table school.course;

commit;
