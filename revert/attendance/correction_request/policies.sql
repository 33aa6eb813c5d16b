-- Revert smartattend:attendance/correction_request/policies from pg
begin;
set local role smartattend_owner;

revoke select on attendance.correction_type, attendance.correction_request from smartattend_app;
drop policy owner_appends_to_the_bound_tenant on attendance.correction_request_transition;
alter table attendance.correction_request_transition no force row level security;
alter table attendance.correction_request_transition disable row level security;
drop policy a_session_reads_its_own_or_its_scope on attendance.correction_request;
drop policy owner_changes_the_bound_tenant on attendance.correction_request;
drop policy owner_adds_to_the_bound_tenant on attendance.correction_request;
drop policy owner_reads_the_bound_tenant on attendance.correction_request;
alter table attendance.correction_request no force row level security;
alter table attendance.correction_request disable row level security;

commit;
