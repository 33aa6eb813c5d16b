-- Verify smartattend:school/kept on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.term'::regclass and tgname = 'term_100_kept'
  ) = 'A', 'term_100_kept';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.term'::regclass and tgname = 'term_100_no_truncate'
  ) = 'A', 'term_100_no_truncate';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.course'::regclass and tgname = 'course_100_kept'
  ) = 'A', 'course_100_kept';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.course'::regclass and tgname = 'course_100_no_truncate'
  ) = 'A', 'course_100_no_truncate';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.section'::regclass and tgname = 'section_100_kept'
  ) = 'A', 'section_100_kept';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.section'::regclass and tgname = 'section_100_no_truncate'
  ) = 'A', 'section_100_no_truncate';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.timetable'::regclass and tgname = 'timetable_100_kept'
  ) = 'A', 'timetable_100_kept';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.timetable'::regclass and tgname = 'timetable_100_no_truncate'
  ) = 'A', 'timetable_100_no_truncate';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.enrolment'::regclass and tgname = 'enrolment_100_kept'
  ) = 'A', 'enrolment_100_kept';
  assert (
    select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.enrolment'::regclass and tgname = 'enrolment_100_no_truncate'
  ) = 'A', 'enrolment_100_no_truncate';
end $$;

rollback;
