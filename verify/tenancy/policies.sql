-- Verify smartattend:tenancy/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on tenancy.tenant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant'::regclass and polname = 'owner_adds_the_bound_tenant'), 'policy owner_adds_the_bound_tenant on tenancy.tenant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on tenancy.tenant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant'::regclass and polname = 'session_verifies_any_tenant'), 'policy session_verifies_any_tenant on tenancy.tenant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_operator' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant'::regclass and polname = 'operator_lists_tenants'), 'policy operator_lists_tenants on tenancy.tenant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant_transition'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on tenancy.tenant_transition';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_operator' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant_transition'::regclass and polname = 'operator_lists_transitions'), 'policy operator_lists_transitions on tenancy.tenant_transition';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.site'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on tenancy.site';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.site'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on tenancy.site';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.site'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on tenancy.site';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.unit'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on tenancy.unit';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.unit'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on tenancy.unit';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.unit'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on tenancy.unit';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.tenant'::regclass), 'row level security of tenancy.tenant';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.tenant_transition'::regclass), 'row level security of tenancy.tenant_transition';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.site'::regclass), 'row level security of tenancy.site';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.unit'::regclass), 'row level security of tenancy.unit';
end $$;

rollback;
