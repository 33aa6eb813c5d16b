-- Deploy smartattend:attendance/policies to pg
begin;
set local role smartattend_owner;

alter table attendance.code enable row level security;
alter table attendance.code force row level security;
create policy owner_reads_the_bound_tenant on attendance.code
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_read')));
create policy owner_adds_to_the_bound_tenant on attendance.code
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy a_session_reads_its_tenant on attendance.code
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('administration_read')));

alter table attendance.session enable row level security;
alter table attendance.session force row level security;
create policy owner_reads_the_bound_tenant on attendance.session
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on attendance.session
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on attendance.session
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

alter table attendance.expectation enable row level security;
alter table attendance.expectation force row level security;
create policy owner_reads_the_bound_tenant on attendance.expectation
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on attendance.expectation
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on attendance.expectation
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy a_session_reads_its_own_or_its_scope on attendance.expectation
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('ordinary_read'))
  and (
    subject_id = (select identity.session_user_id())
    or (select identity.session_holds('attendance.read'))
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  )
);
-- Who may read members of a unit reads those who are expected in it.
create policy a_session_reads_who_is_expected_in_its_scope on identity.membership
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (select exists (select from identity.session_units('member.read')))
  and exists (
    select from attendance.expectation as e
    where e.tenant_id = membership.tenant_id
      and e.subject_id = membership.user_id
      and e.unit_id = any (array(select u.unit_id from identity.session_units('member.read') as u (unit_id)))
  )
);
create policy a_session_reads_its_own_or_its_scope on attendance.session
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('ordinary_read'))
  and (
    (select identity.session_holds('attendance.read'))
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
    or id in (
      select e.session_id
      from attendance.expectation as e
      where e.tenant_id = (select identity.session_tenant('ordinary_read'))
        and e.subject_id = (select identity.session_user_id())
    )
  )
);

alter table attendance.register enable row level security;
alter table attendance.register force row level security;
create policy owner_reads_the_bound_tenant on attendance.register
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on attendance.register
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on attendance.register
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_write')))
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy a_session_reads_its_scope on attendance.register
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and (
    (select identity.session_holds('attendance.read'))
    or session_id in (
      select s.id
      from attendance.session as s
      where s.unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
    )
  )
);

alter table attendance.register_transition enable row level security;
alter table attendance.register_transition force row level security;
create policy owner_reads_the_bound_tenant on attendance.register_transition
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_appends_to_the_bound_tenant on attendance.register_transition
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

alter table attendance.event enable row level security;
alter table attendance.event force row level security;
create policy owner_reads_the_bound_tenant on attendance.event
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_appends_to_the_bound_tenant on attendance.event
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('capture_write')));

alter table attendance.record enable row level security;
alter table attendance.record force row level security;
create policy owner_reads_the_bound_tenant on attendance.record
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_adds_to_the_bound_tenant on attendance.record
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy owner_changes_the_bound_tenant on attendance.record
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_write')))
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy a_session_reads_its_own_or_its_scope on attendance.record
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  -- The permission first: it is one value for the whole scan, and who holds it is asked nothing else of a row.
  and (
    (select identity.session_holds('attendance.read'))
    or subject_id = (select identity.session_user_id())
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  )
);

commit;
