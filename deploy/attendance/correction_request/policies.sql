-- Deploy smartattend:attendance/correction_request/policies to pg
begin;
set local role smartattend_owner;

alter table attendance.correction_request enable row level security;
alter table attendance.correction_request force row level security;
create policy owner_reads_the_bound_tenant on attendance.correction_request
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_adds_to_the_bound_tenant on attendance.correction_request
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy owner_changes_the_bound_tenant on attendance.correction_request
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_write')))
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy a_session_reads_its_own_or_its_scope on attendance.correction_request
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and (
    subject_id = (select identity.session_user_id())
    or requester_id = (select identity.session_user_id())
    or (select identity.session_holds('attendance.read'))
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  )
);

alter table attendance.correction_request_transition enable row level security;
alter table attendance.correction_request_transition force row level security;
create policy owner_appends_to_the_bound_tenant on attendance.correction_request_transition
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

grant select on attendance.correction_type, attendance.correction_request to smartattend_app;

commit;
