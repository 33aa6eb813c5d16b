-- Verify smartattend:corporate/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.shift_template'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on corporate.shift_template';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.shift_template'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on corporate.shift_template';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.shift_template'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on corporate.shift_template';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.roster'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on corporate.roster';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.roster'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on corporate.roster';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.roster'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on corporate.roster';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.shift_instance'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on corporate.shift_instance';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.shift_instance'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on corporate.shift_instance';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.shift_instance'::regclass and polname = 'a_session_reads_its_tenant'), 'policy a_session_reads_its_tenant on corporate.shift_instance';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.away'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on corporate.away';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.away'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on corporate.away';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'corporate.away'::regclass and polname = 'a_session_reads_its_own_or_its_scope'), 'policy a_session_reads_its_own_or_its_scope on corporate.away';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'corporate.shift_template'::regclass), 'row level security of corporate.shift_template';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'corporate.roster'::regclass), 'row level security of corporate.roster';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'corporate.shift_instance'::regclass), 'row level security of corporate.shift_instance';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'corporate.away'::regclass), 'row level security of corporate.away';
end $$;

rollback;
