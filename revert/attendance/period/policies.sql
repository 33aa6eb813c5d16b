-- Revert smartattend:attendance/period/policies from pg
begin;
set local role smartattend_owner;

drop policy a_session_reads_its_own_or_its_scope on attendance.period_adjustment;
drop policy owner_appends_to_the_bound_tenant on attendance.period_adjustment;
drop policy owner_reads_the_bound_tenant on attendance.period_adjustment;
alter table attendance.period_adjustment no force row level security;
alter table attendance.period_adjustment disable row level security;
drop policy a_session_reads_its_own_or_its_scope on attendance.period_total;
drop policy owner_appends_to_the_bound_tenant on attendance.period_total;
drop policy owner_reads_the_bound_tenant on attendance.period_total;
alter table attendance.period_total no force row level security;
alter table attendance.period_total disable row level security;
drop policy owner_appends_to_the_bound_tenant on attendance.period_transition;
drop policy owner_reads_the_bound_tenant on attendance.period_transition;
alter table attendance.period_transition no force row level security;
alter table attendance.period_transition disable row level security;
drop policy a_session_reads_its_tenant on attendance.period;
drop policy owner_changes_the_bound_tenant on attendance.period;
drop policy owner_adds_to_the_bound_tenant on attendance.period;
drop policy owner_reads_the_bound_tenant on attendance.period;
alter table attendance.period no force row level security;
alter table attendance.period disable row level security;

commit;
