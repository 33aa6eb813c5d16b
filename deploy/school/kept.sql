-- Deploy smartattend:school/kept to pg
begin;
set local role smartattend_owner;

-- History points to these rows: they end, they never vanish.
create trigger term_100_kept
before delete on school.term
for each row execute function core.refuse_change('kept');
create trigger term_100_no_truncate
before truncate on school.term
for each statement execute function core.refuse_change('kept');
alter table school.term enable always trigger term_100_kept;
alter table school.term enable always trigger term_100_no_truncate;

create trigger course_100_kept
before delete on school.course
for each row execute function core.refuse_change('kept');
create trigger course_100_no_truncate
before truncate on school.course
for each statement execute function core.refuse_change('kept');
alter table school.course enable always trigger course_100_kept;
alter table school.course enable always trigger course_100_no_truncate;

create trigger section_100_kept
before delete on school.section
for each row execute function core.refuse_change('kept');
create trigger section_100_no_truncate
before truncate on school.section
for each statement execute function core.refuse_change('kept');
alter table school.section enable always trigger section_100_kept;
alter table school.section enable always trigger section_100_no_truncate;

create trigger timetable_100_kept
before delete on school.timetable
for each row execute function core.refuse_change('kept');
create trigger timetable_100_no_truncate
before truncate on school.timetable
for each statement execute function core.refuse_change('kept');
alter table school.timetable enable always trigger timetable_100_kept;
alter table school.timetable enable always trigger timetable_100_no_truncate;

create trigger enrolment_100_kept
before delete on school.enrolment
for each row execute function core.refuse_change('kept');
create trigger enrolment_100_no_truncate
before truncate on school.enrolment
for each statement execute function core.refuse_change('kept');
alter table school.enrolment enable always trigger enrolment_100_kept;
alter table school.enrolment enable always trigger enrolment_100_no_truncate;

commit;
