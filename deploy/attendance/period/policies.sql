-- Deploy smartattend:attendance/period/policies to pg
begin;
set local role smartattend_owner;

-- The owner's reading is never gated: the lock would take a period that it cannot see for open.
alter table attendance.period enable row level security;
alter table attendance.period force row level security;
create policy owner_reads_the_bound_tenant on attendance.period
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on attendance.period
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on attendance.period
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_write')))
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy a_session_reads_its_tenant on attendance.period
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('capture_read')));

alter table attendance.period_transition enable row level security;
alter table attendance.period_transition force row level security;
create policy owner_reads_the_bound_tenant on attendance.period_transition
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_appends_to_the_bound_tenant on attendance.period_transition
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

alter table attendance.period_total enable row level security;
alter table attendance.period_total force row level security;
create policy owner_reads_the_bound_tenant on attendance.period_total
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_appends_to_the_bound_tenant on attendance.period_total
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));
create policy a_session_reads_its_own_or_its_scope on attendance.period_total
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and (
    subject_id = (select identity.session_user_id())
    or (select identity.session_holds('attendance.read'))
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  )
);

alter table attendance.period_adjustment enable row level security;
alter table attendance.period_adjustment force row level security;
create policy owner_reads_the_bound_tenant on attendance.period_adjustment
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_appends_to_the_bound_tenant on attendance.period_adjustment
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));
create policy a_session_reads_its_own_or_its_scope on attendance.period_adjustment
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and (
    subject_id = (select identity.session_user_id())
    or (select identity.session_holds('attendance.read'))
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  )
);

revoke all on attendance.period, attendance.period_transition, attendance.period_total, attendance.period_adjustment from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on attendance.period, attendance.period_total, attendance.period_adjustment to smartattend_app;

commit;
