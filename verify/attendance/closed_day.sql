-- Verify smartattend:attendance/closed_day on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  code,
  name,
  site_id,
  starts_on,
  ends_on,
  withdrawn_at,
  created_at
from attendance.closed_day
where false;
select pg_get_functiondef('attendance.is_closed(uuid, date)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.closed_day'::regclass and tgname = 'closed_day_100_kept') = 'A', 'closed_day_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.closed_day'::regclass and tgname = 'closed_day_100_no_truncate') = 'A', 'closed_day_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.closed_day'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on attendance.closed_day';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.closed_day'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on attendance.closed_day';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.closed_day'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on attendance.closed_day';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'attendance.closed_day'::regclass and polname = 'a_session_reads_its_tenant'), 'policy a_session_reads_its_tenant on attendance.closed_day';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'attendance.closed_day'::regclass), 'row level security of attendance.closed_day';
  assert to_regclass('attendance.closed_day_starts_on') is not null, 'index closed_day_starts_on';
end $$;

rollback;
