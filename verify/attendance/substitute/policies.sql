-- Verify smartattend:attendance/substitute/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.substitute'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.substitute';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.substitute'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on attendance.substitute';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.substitute'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on attendance.substitute';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.substitute'::regclass and polname = 'a_session_reads_its_own'), 'policy a_session_reads_its_own on attendance.substitute';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.session'::regclass and polname = 'a_substitute_reads_the_session'), 'policy a_substitute_reads_the_session on attendance.session';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.register'::regclass and polname = 'a_substitute_reads_the_session'), 'policy a_substitute_reads_the_session on attendance.register';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.expectation'::regclass and polname = 'a_substitute_reads_the_session'), 'policy a_substitute_reads_the_session on attendance.expectation';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.record'::regclass and polname = 'a_substitute_reads_the_session'), 'policy a_substitute_reads_the_session on attendance.record';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.substitute'::regclass), 'row level security of attendance.substitute';
end $$;

rollback;
