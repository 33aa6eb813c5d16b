-- Revert smartattend:school/enrolment from pg
begin;
set local role smartattend_owner;

drop table school.enrolment;

commit;
