-- Verify smartattend:identity/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.membership'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on identity.membership';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.membership'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on identity.membership';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.membership'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on identity.membership';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.membership'::regclass and polname = 'session_finds_members'), 'policy session_finds_members on identity.membership';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.membership'::regclass and polname = 'session_locks_members_and_changes_none'), 'policy session_locks_members_and_changes_none on identity.membership';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.membership'::regclass and polname = 'a_session_reads_itself_or_its_scope'), 'policy a_session_reads_itself_or_its_scope on identity.membership';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity."user"'::regclass and polname = 'owner_reads_members_of_the_bound_tenant'), 'policy owner_reads_members_of_the_bound_tenant on identity."user"';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity."user"'::regclass and polname = 'session_keeps_the_accounts'), 'policy session_keeps_the_accounts on identity."user"';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.role_grant'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on identity.role_grant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.role_grant'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on identity.role_grant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.role_grant'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on identity.role_grant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.role_grant'::regclass and polname = 'session_judges_permissions'), 'policy session_judges_permissions on identity.role_grant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.platform_grant'::regclass and polname = 'session_keeps_platform_grants'), 'policy session_keeps_platform_grants on identity.platform_grant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.unit'::regclass and polname = 'session_judges_scopes'), 'policy session_judges_scopes on tenancy.unit';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.tenant'::regclass and polname = 'a_session_reads_its_tenant'), 'policy a_session_reads_its_tenant on tenancy.tenant';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.site'::regclass and polname = 'a_session_reads_its_tenant'), 'policy a_session_reads_its_tenant on tenancy.site';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.setting'::regclass and polname = 'a_session_reads_its_tenant'), 'policy a_session_reads_its_tenant on tenancy.setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.unit'::regclass and polname = 'a_session_reads_its_tenant'), 'policy a_session_reads_its_tenant on tenancy.unit';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'identity.membership'::regclass), 'row level security of identity.membership';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'identity."user"'::regclass), 'row level security of identity."user"';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'identity.role_grant'::regclass), 'row level security of identity.role_grant';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'identity.platform_grant'::regclass), 'row level security of identity.platform_grant';
end $$;

rollback;
