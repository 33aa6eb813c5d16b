-- Verify smartattend:timing/device on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  site_id,
  code,
  name,
  kind,
  registered_at,
  retired_at
from timing.device
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.device'::regclass and tgname = 'device_100_kept') = 'A', 'device_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.device'::regclass and tgname = 'device_100_no_truncate') = 'A', 'device_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on timing.device';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on timing.device';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on timing.device';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_app' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'timing.device'::regclass and polname = 'a_session_reads_its_scope'), 'policy a_session_reads_its_scope on timing.device';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'timing.device'::regclass), 'row level security of timing.device';
  assert to_regclass('timing.device_site') is not null, 'index device_site';
end $$;

rollback;
