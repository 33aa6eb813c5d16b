-- Verify smartattend:attendance/correction_request/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_table_privilege('smartattend_app', 'attendance.correction_type', 'select'), 'the application reads the types';
  assert not has_table_privilege('smartattend_app', 'attendance.correction_type', 'insert, update, delete'), 'the application writes no types';
  assert has_table_privilege('smartattend_app', 'attendance.correction_request', 'select'), 'the application reads requests';
  assert not has_table_privilege('smartattend_app', 'attendance.correction_request', 'insert, update, delete'), 'the application writes no requests';
  assert not has_table_privilege('smartattend_app', 'attendance.correction_request_transition', 'select'), 'the log is for the owner';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.correction_request'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.correction_request';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.correction_request'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on attendance.correction_request';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.correction_request'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on attendance.correction_request';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.correction_request'::regclass and polname = 'a_session_reads_its_own_or_its_scope'), 'policy a_session_reads_its_own_or_its_scope on attendance.correction_request';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.correction_request_transition'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on attendance.correction_request_transition';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.correction_request'::regclass), 'row level security of attendance.correction_request';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.correction_request_transition'::regclass), 'row level security of attendance.correction_request_transition';
end $$;

rollback;
