-- Deploy smartattend:school/schema to pg
begin;
set local role smartattend_owner;

create schema school;
comment on schema school is
  'Terms, courses, sections, timetables and enrolments; they make the sessions of schools and who is expected in them. All ranges of dates are half-open: the end is the first day that no longer belongs.';

commit;
