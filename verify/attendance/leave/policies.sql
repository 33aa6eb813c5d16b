-- Verify smartattend:attendance/leave/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.leave'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.leave';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.leave'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on attendance.leave';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.leave'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on attendance.leave';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.leave'::regclass and polname = 'a_session_reads_its_own_or_its_scope'), 'policy a_session_reads_its_own_or_its_scope on attendance.leave';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.leave'::regclass), 'row level security of attendance.leave';
end $$;

rollback;
