-- Verify smartattend:tenancy/setting on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  day_starts_at,
  capture_opens_before,
  capture_closes_after,
  late_after,
  repeat_within,
  online_within,
  open_for_at_most,
  clock_healthy_within,
  clock_warning_within,
  clock_critical_within,
  clock_step_over,
  clock_drift_ppm,
  clock_sample_expires_after,
  clock_good_samples,
  queue_age_at_most,
  absence_after,
  watermark_waits_at_most,
  correction_window_of_the_subject,
  correction_window_of_a_manager,
  correction_expires_after,
  register_closes_after,
  rest_at_least,
  worked_weekly_at_most,
  retain_for,
  export_window,
  closed_until
from tenancy.setting
where false;
select pg_get_functiondef('tenancy.make_setting()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'tenancy.tenant'::regclass and tgname = 'tenant_500_make_setting') = 'O', 'tenant_500_make_setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.setting'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on tenancy.setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.setting'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on tenancy.setting';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'tenancy.setting'::regclass and polname = 'owner_changes_the_bound_tenant'), 'policy owner_changes_the_bound_tenant on tenancy.setting';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.setting'::regclass), 'row level security of tenancy.setting';
end $$;

rollback;
