-- Verify smartattend:timing/device_clock on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  device_id,
  state,
  state_via,
  state_reason,
  good_samples,
  sampled_at,
  boot_id,
  monotonic_us,
  wall_at,
  instant,
  error_us,
  offset_us,
  delivered_until
from timing.device_clock
where false;
select
  tenant_id,
  object_id,
  id,
  from_state,
  to_state,
  via,
  reason,
  actor_id,
  session_id,
  database_user,
  recorded_at,
  xid,
  epoch
from timing.device_clock_transition
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.device_clock'::regclass and tgname = 'device_clock_100_kept') = 'A', 'device_clock_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.device_clock'::regclass and tgname = 'device_clock_100_no_truncate') = 'A', 'device_clock_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.device_clock_transition'::regclass and tgname = 'device_clock_transition_100_append_only') = 'A', 'device_clock_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.device_clock_transition'::regclass and tgname = 'device_clock_transition_100_no_truncate') = 'A', 'device_clock_transition_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device_clock'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on timing.device_clock';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device_clock'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on timing.device_clock';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device_clock'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on timing.device_clock';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device_clock'::regclass and polname = 'a_session_reads_its_scope'), 'policy a_session_reads_its_scope on timing.device_clock';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device_clock_transition'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on timing.device_clock_transition';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device_clock_transition'::regclass and polname = 'owner_appends_to_the_bound_tenant'), 'policy owner_appends_to_the_bound_tenant on timing.device_clock_transition';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'timing.device_clock'::regclass), 'row level security of timing.device_clock';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'timing.device_clock_transition'::regclass), 'row level security of timing.device_clock_transition';
  assert to_regclass('timing.device_clock_transition_object') is not null, 'index device_clock_transition_object';
end $$;

rollback;
