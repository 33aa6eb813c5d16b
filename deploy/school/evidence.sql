-- Deploy smartattend:school/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_capture('school.term');
select ledger.add_capture('school.course');
select ledger.add_capture('school.section');
select ledger.add_capture('school.timetable');
select ledger.add_capture('school.timetable_exception');
select ledger.add_capture('school.enrolment');

commit;
