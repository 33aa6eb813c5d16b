-- Revert smartattend:school/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('school.enrolment');
select ledger.remove_capture('school.timetable_exception');
select ledger.remove_capture('school.timetable');
select ledger.remove_capture('school.section');
select ledger.remove_capture('school.course');
select ledger.remove_capture('school.term');

commit;
