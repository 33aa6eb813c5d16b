-- Deploy smartattend:metrics/report_health to pg
begin;
set local role smartattend_owner;

create function metrics.lock_health(service text)
returns metrics.service_health
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_health metrics.service_health;
begin
  if not exists (select from metrics.service as s where s.service = lock_health.service) then
    perform core.fail('SA011', coalesce(lock_health.service, 'null'), 'a service of metrics.service');
  end if;
  insert into metrics.service_health (tenant_id, service)
  select v_tenant_id, lock_health.service
  where not exists (select from metrics.service_health as h where h.tenant_id = v_tenant_id and h.service = lock_health.service)
  on conflict on constraint a_service_has_one_health do nothing;
  select h.* into v_health
  from metrics.service_health as h
  where h.tenant_id = v_tenant_id and h.service = lock_health.service
  for no key update;
  return v_health;
end $$;
comment on function metrics.lock_health(text) is 'The health of a service, locked; made if there is none. Error SA011.';

create function metrics.report_health(service text, good boolean, evidence jsonb, now timestamptz)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_health metrics.service_health;
  v_to text;
  v_via text;
  v_is_level boolean;
begin
  if report_health.good is null or report_health.now is null or jsonb_typeof(coalesce(report_health.evidence, '{}')) <> 'object' then
    perform core.fail('SA010', format('good %s, now %s', report_health.good, report_health.now), 'good or bad, when, and evidence that is an object');
  end if;
  v_health := metrics.lock_health(report_health.service);
  v_health.reported_at := greatest(v_health.reported_at, report_health.now);
  v_health.evidence := coalesce(report_health.evidence, '{}');
  v_health.good_reports := case when report_health.good then v_health.good_reports + 1 else 0 end;
  v_health.bad_reports := case when report_health.good then 0 else v_health.bad_reports + 1 end;
  v_health.changed_at := array(select c.at from unnest(v_health.changed_at) as c (at) where c.at > report_health.now - interval '10 minutes' order by c.at);
  if v_health.state <> 'maintenance' and v_health.held_until <= report_health.now then
    if v_health.bad_reports >= 3 then
      v_to := case v_health.state
        when 'recovering' then case v_health.recovers_from when 'unhealthy' then 'unhealthy' else 'degraded' end
        when 'degraded' then 'unhealthy'
        when 'unhealthy' then null
        else 'degraded'
      end;
      v_via := 'fail';
    elsif v_health.state = 'recovering' and v_health.good_reports >= 5 then
      v_to := case v_health.recovers_from when 'unhealthy' then 'degraded' else 'healthy' end;
      v_via := 'recover';
    elsif v_health.state in ('unknown', 'degraded', 'unhealthy') and v_health.good_reports >= 1 then
      v_to := 'recovering';
      v_via := 'improve';
    end if;
  end if;
  v_is_level := v_to <> 'recovering';
  if v_is_level and cardinality(v_health.changed_at) >= 4 then
    -- The fifth change within ten minutes is not made.
    v_health.held_until := report_health.now + interval '10 minutes';
    insert into metrics.alarm (tenant_id, severity, source, dedup_key, title, evidence, recorded_at)
    values (
      v_health.tenant_id, 3, 'service_health', 'flapping:' || v_health.service, format('service %s is flapping', v_health.service),
      jsonb_build_object('service', v_health.service, 'state', v_health.state, 'changes', v_health.changed_at, 'report', v_health.evidence),
      report_health.now
    );
    v_to := null;
  elsif v_to = 'unhealthy' then
    insert into metrics.alarm (tenant_id, severity, source, dedup_key, title, evidence, recorded_at)
    values (
      v_health.tenant_id, 2, 'service_health', 'unhealthy:' || v_health.service, format('service %s is unhealthy', v_health.service),
      jsonb_build_object('service', v_health.service, 'report', v_health.evidence), report_health.now
    );
  end if;
  update metrics.service_health as h
  set state = coalesce(v_to, h.state),
    state_via = case when v_to is null then h.state_via else v_via end,
    state_reason = case when v_to is null then h.state_reason else left(format('reported: %s', v_health.evidence), 500) end,
    recovers_from = case when v_to = 'recovering' then h.state when v_to is null then h.recovers_from end,
    bad_reports = case when v_is_level and v_to is not null then 0 else v_health.bad_reports end,
    good_reports = case when v_is_level and v_to is not null then 0 else v_health.good_reports end,
    changed_at = v_health.changed_at || case when v_is_level and v_to is not null then array[report_health.now] else '{}' end,
    held_until = v_health.held_until,
    reported_at = v_health.reported_at,
    evidence = v_health.evidence
  where h.tenant_id = v_health.tenant_id and h.id = v_health.id;
  return coalesce(v_to, v_health.state);
end $$;
comment on function metrics.report_health(text, boolean, jsonb, timestamptz) is
  'What somebody saw of a service, of the bound tenant or of the platform; answers its state. Three bad reports in a row: one level down (healthy, degraded, unhealthy). A good one: recovering, and the fifth in a row is one level up. The fifth change of level within ten minutes is flapping: the level is held for ten minutes, and an alarm says so, as it does of what becomes unhealthy. In maintenance reports are kept and change nothing. Errors SA010, SA011.';

create function metrics.age_health(now timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aged bigint;
begin
  update metrics.service_health as h
  set state = 'unknown', state_via = 'fall_silent', state_reason = 'no report for three intervals', recovers_from = null, bad_reports = 0, good_reports = 0
  where (h.tenant_id, h.id) in (
    select o.tenant_id, o.id
    from metrics.service_health as o
    inner join metrics.service as s on s.service = o.service
    where o.state in ('healthy', 'degraded', 'unhealthy', 'recovering') and o.reported_at < age_health.now - 3 * s.report_every
    for no key update of o skip locked
  );
  get diagnostics v_aged = row_count;
  return v_aged;
end $$;
comment on function metrics.age_health(timestamptz) is
  'What nobody has reported on for three intervals is unknown, never healthy; of the bound tenant, or of the platform. Answers how many.';

create function metrics.set_maintenance(service text, begins boolean, reason text, now timestamptz)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_health metrics.service_health := metrics.lock_health(set_maintenance.service);
begin
  if core.is_reason(set_maintenance.reason) is not true then
    perform core.fail('SA013', coalesce(left(set_maintenance.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  if (v_health.state = 'maintenance') is distinct from set_maintenance.begins then
    update metrics.service_health as h
    set state = case when set_maintenance.begins then 'maintenance' else 'unknown' end,
      state_via = case when set_maintenance.begins then 'maintain' else 'resume' end,
      state_reason = set_maintenance.reason,
      recovers_from = null, bad_reports = 0, good_reports = 0, changed_at = '{}', held_until = '-infinity', reported_at = set_maintenance.now
    where h.tenant_id = v_health.tenant_id and h.id = v_health.id
    returning h.* into v_health;
  end if;
  return v_health.state;
end $$;
comment on function metrics.set_maintenance(text, boolean, text, timestamptz) is
  'Begins or ends maintenance of a service, of the bound tenant or of the platform: while it lasts no report is an alarm, and after it the service is unknown until reports come. Nothing where it is so already. Errors SA011, SA013.';

commit;
