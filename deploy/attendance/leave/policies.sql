-- Deploy smartattend:attendance/leave/policies to pg
begin;
set local role smartattend_owner;

alter table attendance.leave enable row level security;
alter table attendance.leave force row level security;
create policy owner_reads_the_bound_tenant on attendance.leave
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on attendance.leave
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on attendance.leave
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
-- The reason is nobody's business but the person's and the office's: a teacher sees the prefilled code only.
create policy a_session_reads_its_own_or_its_scope on attendance.leave
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('ordinary_read'))
  and (
    subject_id = (select identity.session_user_id())
    or (select identity.session_holds('leave.manage'))
    or subject_id in (
      select e.subject_id
      from attendance.expectation as e
      where e.tenant_id = (select identity.session_tenant('ordinary_read'))
        and e.unit_id = any (array(select u.unit_id from identity.session_units('leave.manage') as u (unit_id)))
    )
  )
);

revoke all on attendance.leave from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on attendance.leave to smartattend_app;

commit;
