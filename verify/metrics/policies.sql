-- Verify smartattend:metrics/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (
    select count(*) from pg_catalog.pg_class as c
    where c.relnamespace = 'metrics'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity and c.relforcerowsecurity
  ) = 8, 'row level security of metrics';
  assert exists (
    select from pg_catalog.pg_policy where polrelid = 'metrics.service_health'::regclass and polname = 'owner_moves_what_is_bound'
  ), 'policy owner_moves_what_is_bound on metrics.service_health';
  assert exists (
    select from pg_catalog.pg_policy where polrelid = 'metrics.request_hour'::regclass and polname = 'a_session_reads_its_tenants_metrics'
  ), 'policy a_session_reads_its_tenants_metrics on metrics.request_hour';
end $$;

rollback;
