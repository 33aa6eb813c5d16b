-- Deploy smartattend:attendance/substitute/policies to pg
begin;
set local role smartattend_owner;

alter table attendance.substitute enable row level security;
alter table attendance.substitute force row level security;
create policy owner_reads_the_bound_tenant on attendance.substitute
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_adds_to_the_bound_tenant on attendance.substitute
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on attendance.substitute
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy a_session_reads_its_own on attendance.substitute
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and (user_id = (select identity.session_user_id()) or (select identity.session_holds('schedule.manage')))
);

-- What the teacher of the unit reads, the substitute reads of that session.
create policy a_substitute_reads_the_session on attendance.session
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and id in (
    select s.session_id
    from attendance.substitute as s
    where s.tenant_id = (select identity.session_tenant('capture_read'))
      and s.user_id = (select identity.session_user_id())
      and s.withdrawn_at is null
  )
);
create policy a_substitute_reads_the_session on attendance.register
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and session_id in (
    select s.session_id
    from attendance.substitute as s
    where s.tenant_id = (select identity.session_tenant('capture_read'))
      and s.user_id = (select identity.session_user_id())
      and s.withdrawn_at is null
  )
);
create policy a_substitute_reads_the_session on attendance.expectation
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and session_id in (
    select s.session_id
    from attendance.substitute as s
    where s.tenant_id = (select identity.session_tenant('capture_read'))
      and s.user_id = (select identity.session_user_id())
      and s.withdrawn_at is null
  )
);
create policy a_substitute_reads_the_session on attendance.record
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and session_id in (
    select s.session_id
    from attendance.substitute as s
    where s.tenant_id = (select identity.session_tenant('capture_read'))
      and s.user_id = (select identity.session_user_id())
      and s.withdrawn_at is null
  )
);

revoke all on attendance.substitute from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on attendance.substitute to smartattend_app;

commit;
