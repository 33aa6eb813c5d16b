-- Verify smartattend:timing/clock_probe on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  key,
  device_id,
  received_at,
  answered_at,
  login_session_id,
  xid,
  epoch
from timing.clock_probe
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.clock_probe'::regclass and tgname = 'clock_probe_100_append_only') = 'A', 'clock_probe_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.clock_probe'::regclass and tgname = 'clock_probe_100_no_truncate') = 'A', 'clock_probe_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.clock_probe'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on timing.clock_probe';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.clock_probe'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on timing.clock_probe';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'timing.clock_probe'::regclass), 'row level security of timing.clock_probe';
end $$;

rollback;
