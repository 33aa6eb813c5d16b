-- Deploy smartattend:tenancy/policies to pg
begin;
set local role smartattend_owner;

-- The bound tier: only our own code runs as the owner, and it has bound a verified session first.
alter table tenancy.tenant enable row level security;
alter table tenancy.tenant force row level security;
create policy owner_reads_the_bound_tenant on tenancy.tenant
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_the_bound_tenant on tenancy.tenant
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));
create policy owner_changes_the_bound_tenant on tenancy.tenant
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant()))
with check (tenant_id = (select core.bound_tenant()));
create policy session_verifies_any_tenant on tenancy.tenant
for select to smartattend_session
using (true);
create policy operator_lists_tenants on tenancy.tenant
for select to smartattend_operator
using (true);

alter table tenancy.tenant_transition enable row level security;
alter table tenancy.tenant_transition force row level security;
create policy owner_appends_to_the_bound_tenant on tenancy.tenant_transition
for all to smartattend_owner
using (tenant_id = (select core.bound_tenant()))
with check (tenant_id = (select core.bound_tenant()));
create policy operator_lists_transitions on tenancy.tenant_transition
for select to smartattend_operator
using (true);

alter table tenancy.site enable row level security;
alter table tenancy.site force row level security;
create policy owner_reads_the_bound_tenant on tenancy.site
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_read')));
create policy owner_adds_to_the_bound_tenant on tenancy.site
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy owner_changes_the_bound_tenant on tenancy.site
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));

alter table tenancy.unit enable row level security;
alter table tenancy.unit force row level security;
create policy owner_reads_the_bound_tenant on tenancy.unit
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_read')));
create policy owner_adds_to_the_bound_tenant on tenancy.unit
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy owner_changes_the_bound_tenant on tenancy.unit
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));

commit;
