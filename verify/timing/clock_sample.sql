-- Verify smartattend:timing/clock_sample on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  probe_key,
  device_id,
  boot_id,
  sent_at,
  probed_at,
  answered_at,
  received_at,
  sent_monotonic_us,
  received_monotonic_us,
  offset_us,
  delay_us,
  error_us,
  step_us,
  instant,
  instant_error_us,
  last_sequence_number,
  queued,
  oldest_claimed_at,
  oldest_boot_id,
  oldest_sequence_number,
  oldest_monotonic_us,
  reported_at,
  login_session_id,
  xid,
  epoch
from timing.clock_sample
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.clock_sample'::regclass and tgname = 'clock_sample_100_append_only') = 'A', 'clock_sample_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.clock_sample'::regclass and tgname = 'clock_sample_100_no_truncate') = 'A', 'clock_sample_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.clock_sample'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on timing.clock_sample';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.clock_sample'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on timing.clock_sample';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'timing.clock_sample'::regclass), 'row level security of timing.clock_sample';
  assert to_regclass('timing.clock_sample_boot') is not null, 'index clock_sample_boot';
  assert to_regclass('timing.clock_sample_sequence') is not null, 'index clock_sample_sequence';
  assert to_regclass('timing.clock_sample_wall') is not null, 'index clock_sample_wall';
end $$;

rollback;
