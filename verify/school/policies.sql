-- Verify smartattend:school/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'school.term'::regclass), 'row level security of school.term';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.term'::regclass and polname = 'owner_reads_the_bound_tenant'
  ), 'policy owner_reads_the_bound_tenant on school.term';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.term'::regclass and polname = 'owner_adds_to_the_bound_tenant'
  ), 'policy owner_adds_to_the_bound_tenant on school.term';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.term'::regclass and polname = 'owner_changes_the_bound_tenant'
  ), 'policy owner_changes_the_bound_tenant on school.term';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'school.course'::regclass), 'row level security of school.course';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.course'::regclass and polname = 'owner_reads_the_bound_tenant'
  ), 'policy owner_reads_the_bound_tenant on school.course';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.course'::regclass and polname = 'owner_adds_to_the_bound_tenant'
  ), 'policy owner_adds_to_the_bound_tenant on school.course';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.course'::regclass and polname = 'owner_changes_the_bound_tenant'
  ), 'policy owner_changes_the_bound_tenant on school.course';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'school.section'::regclass), 'row level security of school.section';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.section'::regclass and polname = 'owner_reads_the_bound_tenant'
  ), 'policy owner_reads_the_bound_tenant on school.section';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.section'::regclass and polname = 'owner_adds_to_the_bound_tenant'
  ), 'policy owner_adds_to_the_bound_tenant on school.section';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.section'::regclass and polname = 'owner_changes_the_bound_tenant'
  ), 'policy owner_changes_the_bound_tenant on school.section';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'school.timetable'::regclass), 'row level security of school.timetable';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.timetable'::regclass and polname = 'owner_reads_the_bound_tenant'
  ), 'policy owner_reads_the_bound_tenant on school.timetable';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.timetable'::regclass and polname = 'owner_adds_to_the_bound_tenant'
  ), 'policy owner_adds_to_the_bound_tenant on school.timetable';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.timetable'::regclass and polname = 'owner_changes_the_bound_tenant'
  ), 'policy owner_changes_the_bound_tenant on school.timetable';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'school.enrolment'::regclass), 'row level security of school.enrolment';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.enrolment'::regclass and polname = 'owner_reads_the_bound_tenant'
  ), 'policy owner_reads_the_bound_tenant on school.enrolment';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.enrolment'::regclass and polname = 'owner_adds_to_the_bound_tenant'
  ), 'policy owner_adds_to_the_bound_tenant on school.enrolment';
  assert (
    select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1
    from pg_catalog.pg_policy
    where polrelid = 'school.enrolment'::regclass and polname = 'owner_changes_the_bound_tenant'
  ), 'policy owner_changes_the_bound_tenant on school.enrolment';
end $$;

rollback;
