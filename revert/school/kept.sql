-- Revert smartattend:school/kept from pg
begin;
set local role smartattend_owner;

drop trigger enrolment_100_no_truncate on school.enrolment;
drop trigger enrolment_100_kept on school.enrolment;
drop trigger timetable_100_no_truncate on school.timetable;
drop trigger timetable_100_kept on school.timetable;
drop trigger section_100_no_truncate on school.section;
drop trigger section_100_kept on school.section;
drop trigger course_100_no_truncate on school.course;
drop trigger course_100_kept on school.course;
drop trigger term_100_no_truncate on school.term;
drop trigger term_100_kept on school.term;

commit;
