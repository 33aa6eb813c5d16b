-- Revert smartattend:school/policies from pg
begin;
set local role smartattend_owner;

drop policy owner_changes_the_bound_tenant on school.enrolment;
drop policy owner_adds_to_the_bound_tenant on school.enrolment;
drop policy owner_reads_the_bound_tenant on school.enrolment;
alter table school.enrolment no force row level security;
alter table school.enrolment disable row level security;
drop policy owner_changes_the_bound_tenant on school.timetable;
drop policy owner_adds_to_the_bound_tenant on school.timetable;
drop policy owner_reads_the_bound_tenant on school.timetable;
alter table school.timetable no force row level security;
alter table school.timetable disable row level security;
drop policy owner_changes_the_bound_tenant on school.section;
drop policy owner_adds_to_the_bound_tenant on school.section;
drop policy owner_reads_the_bound_tenant on school.section;
alter table school.section no force row level security;
alter table school.section disable row level security;
drop policy owner_changes_the_bound_tenant on school.course;
drop policy owner_adds_to_the_bound_tenant on school.course;
drop policy owner_reads_the_bound_tenant on school.course;
alter table school.course no force row level security;
alter table school.course disable row level security;
drop policy owner_changes_the_bound_tenant on school.term;
drop policy owner_adds_to_the_bound_tenant on school.term;
drop policy owner_reads_the_bound_tenant on school.term;
alter table school.term no force row level security;
alter table school.term disable row level security;

commit;
