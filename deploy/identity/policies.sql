-- Deploy smartattend:identity/policies to pg
begin;
set local role smartattend_owner;

alter table identity.membership enable row level security;
alter table identity.membership force row level security;
create policy owner_reads_the_bound_tenant on identity.membership
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_read')));
create policy owner_adds_to_the_bound_tenant on identity.membership
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy owner_changes_the_bound_tenant on identity.membership
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy session_finds_members on identity.membership
for select to smartattend_session
using (true);
create policy session_locks_members_and_changes_none on identity.membership
for update to smartattend_session
using (true)
with check (false);
create policy a_session_reads_itself_or_its_scope on identity.membership
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (user_id = (select identity.session_user_id()) or (select identity.session_holds('member.read')))
);

alter table identity."user" enable row level security;
alter table identity."user" force row level security;
create policy owner_reads_members_of_the_bound_tenant on identity."user"
for select to smartattend_owner
using (
  id in (
    select m.user_id
    from identity.membership as m
    where m.tenant_id = (select core.bound_tenant('administration_read'))
  )
);
create policy session_keeps_the_accounts on identity."user"
for all to smartattend_session
using (true)
with check (true);

alter table identity.role_grant enable row level security;
alter table identity.role_grant force row level security;
create policy owner_reads_the_bound_tenant on identity.role_grant
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on identity.role_grant
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy owner_changes_the_bound_tenant on identity.role_grant
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy session_judges_permissions on identity.role_grant
for select to smartattend_session
using (true);

alter table identity.platform_grant enable row level security;
alter table identity.platform_grant force row level security;
create policy session_keeps_platform_grants on identity.platform_grant
for all to smartattend_session
using (true)
with check (true);

create policy session_judges_scopes on tenancy.unit
for select to smartattend_session
using (true);
create policy a_session_reads_its_tenant on tenancy.tenant
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('administration_read')));
create policy a_session_reads_its_tenant on tenancy.site
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('administration_read')));
create policy a_session_reads_its_tenant on tenancy.setting
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('administration_read')));
create policy a_session_reads_its_tenant on tenancy.unit
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('administration_read')));

commit;
