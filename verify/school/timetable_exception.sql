-- Verify smartattend:school/timetable_exception on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  timetable_id,
  on_date,
  change,
  reason,
  to_date,
  to_start,
  to_end,
  to_site_id,
  room,
  substitute_id,
  withdrawn_at,
  created_at
from school.timetable_exception
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.timetable_exception'::regclass and tgname = 'timetable_exception_100_kept') = 'A', 'timetable_exception_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'school.timetable_exception'::regclass and tgname = 'timetable_exception_100_no_truncate') = 'A', 'timetable_exception_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'school.timetable_exception'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on school.timetable_exception';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'school.timetable_exception'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on school.timetable_exception';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'school.timetable_exception'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on school.timetable_exception';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'school.timetable_exception'::regclass), 'row level security of school.timetable_exception';
  assert to_regclass('school.timetable_exception_to_date') is not null, 'index timetable_exception_to_date';
end $$;

rollback;
