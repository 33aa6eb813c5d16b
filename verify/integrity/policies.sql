-- Verify smartattend:integrity/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.rule_setting'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on integrity.rule_setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.rule_setting'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on integrity.rule_setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.rule_setting'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on integrity.rule_setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.rule_setting'::regclass and polname = 'a_session_reads_what_it_decides_by'), 'policy a_session_reads_what_it_decides_by on integrity.rule_setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.flag'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on integrity.flag';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.flag'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on integrity.flag';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.flag'::regclass and polname = 'owner_moves_the_bound_tenant'), 'policy owner_moves_the_bound_tenant on integrity.flag';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.flag'::regclass and polname = 'a_session_reads_its_scope_but_not_itself'), 'policy a_session_reads_its_scope_but_not_itself on integrity.flag';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.flag_transition'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on integrity.flag_transition';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.flag_transition'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on integrity.flag_transition';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.flag_transition'::regclass and polname = 'a_session_reads_those_of_its_flags'), 'policy a_session_reads_those_of_its_flags on integrity.flag_transition';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'integrity.rule_setting'::regclass), 'row level security of integrity.rule_setting';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'integrity.flag'::regclass), 'row level security of integrity.flag';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'integrity.flag_transition'::regclass), 'row level security of integrity.flag_transition';
end $$;

rollback;
