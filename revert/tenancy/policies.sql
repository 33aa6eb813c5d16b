-- Revert smartattend:tenancy/policies from pg
begin;
set local role smartattend_owner;

alter table tenancy.unit no force row level security;
alter table tenancy.unit disable row level security;
alter table tenancy.site no force row level security;
alter table tenancy.site disable row level security;
alter table tenancy.tenant_transition no force row level security;
alter table tenancy.tenant_transition disable row level security;
alter table tenancy.tenant no force row level security;
alter table tenancy.tenant disable row level security;
drop policy owner_changes_the_bound_tenant on tenancy.unit;
drop policy owner_adds_to_the_bound_tenant on tenancy.unit;
drop policy owner_reads_the_bound_tenant on tenancy.unit;
drop policy owner_changes_the_bound_tenant on tenancy.site;
drop policy owner_adds_to_the_bound_tenant on tenancy.site;
drop policy owner_reads_the_bound_tenant on tenancy.site;
drop policy operator_lists_transitions on tenancy.tenant_transition;
drop policy owner_appends_to_the_bound_tenant on tenancy.tenant_transition;
drop policy operator_lists_tenants on tenancy.tenant;
drop policy session_verifies_any_tenant on tenancy.tenant;
drop policy owner_changes_the_bound_tenant on tenancy.tenant;
drop policy owner_adds_the_bound_tenant on tenancy.tenant;
drop policy owner_reads_the_bound_tenant on tenancy.tenant;

commit;
