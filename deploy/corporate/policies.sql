-- Deploy smartattend:corporate/policies to pg
begin;
set local role smartattend_owner;

-- The bound tier; the application reads instances only, which name nobody.
alter table corporate.shift_template enable row level security;
alter table corporate.shift_template force row level security;
create policy owner_reads_the_bound_tenant on corporate.shift_template
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on corporate.shift_template
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on corporate.shift_template
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

alter table corporate.roster enable row level security;
alter table corporate.roster force row level security;
create policy owner_reads_the_bound_tenant on corporate.roster
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on corporate.roster
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on corporate.roster
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

alter table corporate.shift_instance enable row level security;
alter table corporate.shift_instance force row level security;
create policy owner_reads_the_bound_tenant on corporate.shift_instance
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on corporate.shift_instance
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy a_session_reads_its_tenant on corporate.shift_instance
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('ordinary_read')));

alter table corporate.away enable row level security;
alter table corporate.away force row level security;
create policy owner_reads_the_bound_tenant on corporate.away
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_appends_to_the_bound_tenant on corporate.away
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy a_session_reads_its_own_or_its_scope on corporate.away
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and (
    subject_id = (select identity.session_user_id())
    or (select identity.session_holds('attendance.read'))
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  )
);

commit;
