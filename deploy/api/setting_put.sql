-- Deploy smartattend:api/setting_put to pg
begin;
set local role smartattend_owner;

create function api.setting_put(key uuid, settings jsonb, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set intervalstyle = 'postgres'
as $$
declare
  v_actor core.actor := identity.bind_session(setting_put.token);
  v_payload jsonb := jsonb_build_object('settings', setting_put.settings, 'reason', setting_put.reason);
  v_outcome core.outcome;
  v_before tenancy.setting;
  v_after tenancy.setting;
  v_unknown text;
  v_constraint text;
begin
  if jsonb_typeof(setting_put.settings) is distinct from 'object' or setting_put.settings = '{}' then
    perform core.fail('SA010', 'settings: ' || coalesce(left(setting_put.settings::text, 64), 'null'), 'a JSON object of settings and their values');
  end if;
  if core.is_reason(setting_put.reason) is not true then
    perform core.fail('SA013', coalesce(left(setting_put.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  select s.* into v_before from tenancy.setting as s where s.tenant_id = v_actor.tenant_id;
  select k.name into v_unknown
  from jsonb_each(setting_put.settings) as k (name, value)
  where k.name in ('tenant_id', 'closed_until')
    or not to_jsonb(v_before) ? k.name
    or jsonb_typeof(k.value) not in ('string', 'number')
  limit 1;
  if found then
    perform core.fail('SA010', left(v_unknown, 64), 'a name of api.setting with its value');
  end if;
  v_outcome := ledger.claim('setting_put', setting_put.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if not identity.holds('setting.manage') then
    v_outcome := core.refused('SA104', jsonb_build_object('expected', 'setting.manage'));
  elsif core.bound_tenant('administration_write') is null then
    v_outcome := core.refused('SA107');
  end if;
  if v_outcome.status is not null then
    return core.finish(ledger.refuse('setting_put', setting_put.key, v_payload, v_outcome), setting_put.key);
  end if;

  select s.* into v_before from tenancy.setting as s where s.tenant_id = v_actor.tenant_id for no key update;
  begin
    v_after := jsonb_populate_record(v_before, setting_put.settings);
    update tenancy.setting as s
    set day_starts_at = v_after.day_starts_at,
      capture_opens_before = v_after.capture_opens_before,
      capture_closes_after = v_after.capture_closes_after,
      late_after = v_after.late_after,
      repeat_within = v_after.repeat_within,
      online_within = v_after.online_within,
      open_for_at_most = v_after.open_for_at_most,
      clock_healthy_within = v_after.clock_healthy_within,
      clock_warning_within = v_after.clock_warning_within,
      clock_critical_within = v_after.clock_critical_within,
      clock_step_over = v_after.clock_step_over,
      clock_drift_ppm = v_after.clock_drift_ppm,
      clock_sample_expires_after = v_after.clock_sample_expires_after,
      clock_good_samples = v_after.clock_good_samples,
      queue_age_at_most = v_after.queue_age_at_most,
      absence_after = v_after.absence_after,
      watermark_waits_at_most = v_after.watermark_waits_at_most,
      correction_window_of_the_subject = v_after.correction_window_of_the_subject,
      correction_window_of_a_manager = v_after.correction_window_of_a_manager,
      correction_expires_after = v_after.correction_expires_after,
      rest_at_least = v_after.rest_at_least,
      register_closes_after = v_after.register_closes_after,
      worked_weekly_at_most = v_after.worked_weekly_at_most,
      retain_for = v_after.retain_for,
      export_window = v_after.export_window
    where s.tenant_id = v_actor.tenant_id;
  exception
    when check_violation or not_null_violation then
      get stacked diagnostics v_constraint = constraint_name;
      perform core.fail('SA010', left(setting_put.settings::text, 200), replace(coalesce(nullif(v_constraint, ''), 'a value'), '_', ' '));
    when data_exception then
      perform core.fail('SA010', left(setting_put.settings::text, 200), 'spans like "90 seconds" or "2 days", and whole numbers');
  end;
  return core.finish(
    core.accepted(
      null, null,
      jsonb_build_object(
        'reason', setting_put.reason,
        'before', (
          select coalesce(jsonb_object_agg(b.name, b.value), '{}')
          from jsonb_each(to_jsonb(v_before)) as b (name, value)
          where b.value is distinct from to_jsonb(v_after) -> b.name
        ),
        'after', (
          select coalesce(jsonb_object_agg(a.name, a.value), '{}')
          from jsonb_each(to_jsonb(v_after)) as a (name, value)
          where a.value is distinct from to_jsonb(v_before) -> a.name
        )
      )
    ),
    setting_put.key
  );
end $$;
comment on function api.setting_put(uuid, jsonb, text, text) is
  'Changes settings of the tenant, named as in api.setting: {"late_after": "10 minutes", "clock_drift_ppm": 20}. Answers what was changed as detail {reason, before, after}. For who holds setting.manage. Errors SA001 to SA006, SA010, SA012, SA013; refusals SA102, SA104, SA107.';
grant execute on function api.setting_put(uuid, jsonb, text, text) to smartattend_app;

create view api.setting
with (security_invoker = true)
as
select
  s.day_starts_at, s.capture_opens_before, s.capture_closes_after, s.late_after, s.repeat_within, s.online_within, s.open_for_at_most,
  s.clock_healthy_within, s.clock_warning_within, s.clock_critical_within, s.clock_step_over, s.clock_drift_ppm,
  s.clock_sample_expires_after, s.clock_good_samples, s.queue_age_at_most, s.absence_after, s.watermark_waits_at_most,
  s.correction_window_of_the_subject, s.correction_window_of_a_manager, s.correction_expires_after, s.rest_at_least,
  s.register_closes_after, s.worked_weekly_at_most, s.retain_for, s.export_window
from tenancy.setting as s;
comment on view api.setting is 'What the tenant of the session may tune, and how it is set.';
grant select on api.setting to smartattend_app;

commit;
