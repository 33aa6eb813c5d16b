-- Revert smartattend:attendance/substitute/policies from pg
begin;
set local role smartattend_owner;

drop policy a_substitute_reads_the_session on attendance.record;
drop policy a_substitute_reads_the_session on attendance.expectation;
drop policy a_substitute_reads_the_session on attendance.register;
drop policy a_substitute_reads_the_session on attendance.session;
drop policy a_session_reads_its_own on attendance.substitute;
drop policy owner_changes_the_bound_tenant on attendance.substitute;
drop policy owner_adds_to_the_bound_tenant on attendance.substitute;
drop policy owner_reads_the_bound_tenant on attendance.substitute;
alter table attendance.substitute no force row level security;
alter table attendance.substitute disable row level security;

commit;
