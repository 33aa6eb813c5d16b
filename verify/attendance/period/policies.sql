-- Verify smartattend:attendance/period/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.period';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on attendance.period';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on attendance.period';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period'::regclass and polname = 'a_session_reads_its_tenant'), 'policy a_session_reads_its_tenant on attendance.period';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_transition'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.period_transition';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_transition'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on attendance.period_transition';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_total'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.period_total';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_total'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on attendance.period_total';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_total'::regclass and polname = 'a_session_reads_its_own_or_its_scope'), 'policy a_session_reads_its_own_or_its_scope on attendance.period_total';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_adjustment'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.period_adjustment';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_adjustment'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on attendance.period_adjustment';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.period_adjustment'::regclass and polname = 'a_session_reads_its_own_or_its_scope'), 'policy a_session_reads_its_own_or_its_scope on attendance.period_adjustment';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.period'::regclass), 'row level security of attendance.period';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.period_transition'::regclass), 'row level security of attendance.period_transition';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.period_total'::regclass), 'row level security of attendance.period_total';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.period_adjustment'::regclass), 'row level security of attendance.period_adjustment';
  assert has_table_privilege('smartattend_app', 'attendance.period', 'select'), 'the application reads periods';
  assert not has_table_privilege('smartattend_app', 'attendance.period', 'update'), 'the application writes no period';
  assert not has_table_privilege('smartattend_app', 'attendance.period_total', 'insert'), 'the application writes no total';
  assert not has_table_privilege('smartattend_app', 'attendance.period_transition', 'select'), 'the history is not read directly';
end $$;

rollback;
