-- Revert smartattend:attendance/leave/policies from pg
begin;
set local role smartattend_owner;

drop policy a_session_reads_its_own_or_its_scope on attendance.leave;
drop policy owner_changes_the_bound_tenant on attendance.leave;
drop policy owner_adds_to_the_bound_tenant on attendance.leave;
drop policy owner_reads_the_bound_tenant on attendance.leave;
alter table attendance.leave no force row level security;
alter table attendance.leave disable row level security;

commit;
