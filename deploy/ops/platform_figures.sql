-- Deploy smartattend:ops/platform_figures to pg
begin;
set local role smartattend_owner;

create function ops.figures(now timestamptz)
returns jsonb
language sql
stable
as $$
  select i.figures || d.figures || v.figures || h.figures
  from (
    select pg_catalog.jsonb_object_agg(f.name, f.number) as figures
    from (
      select s.severity, count(o.id) as open, count(o.id) filter (where o.is_late) as late
      from incident.severity as s
      left join lateral (
        select
          i.id,
          a.age > s.resolve_within
          or i.state <> 'mitigated' and coalesce(a.age > s.mitigate_within, false)
          or i.state = 'detected' and i.episode = 1 and a.age > s.acknowledge_within
          or exists (
            select from incident.verdict as w
            where w.tenant_id = i.tenant_id and w.incident_id = i.id and w.episode = i.episode and not w.is_met
          ) as is_late
        from incident.incident as i
        cross join lateral (select incident.began_at(i.tenant_id, i.id) as began_at) as b
        cross join lateral (
          select figures.now - b.began_at - incident.paused(i.tenant_id, i.id, b.began_at, figures.now) as age
        ) as a
        where i.tenant_id = incident.bound_tenant()
          and i.severity = s.severity
          and i.state in ('detected', 'acknowledged', 'investigating', 'mitigated')
      ) as o on true
      group by s.severity
    ) as n
    cross join lateral (values ('open_' || n.severity, n.open), ('late_' || n.severity, n.late)) as f (name, number)
  ) as i,
  (
    select pg_catalog.jsonb_build_object(
      'pending', count(*) filter (where d.state = 'pending'), 'dead', count(*) filter (where d.state = 'dead'),
      'overdue', count(*) filter (where d.state = 'pending' and d.next_at < figures.now - interval '15 minutes')
    ) as figures
    from ops.delivery as d
    where d.tenant_id = incident.bound_tenant() and d.state in ('pending', 'dead')
  ) as d,
  (
    select pg_catalog.jsonb_build_object('failing', count(*)) as figures
    from ops.visit as v
    where v.tenant_id = incident.bound_tenant() and v.failures > 0
  ) as v,
  (
    select pg_catalog.jsonb_build_object('unwell', count(*)) as figures
    from metrics.service_health as h
    where h.tenant_id = incident.bound_tenant() and h.state in ('degraded', 'unhealthy')
  ) as h
$$;
comment on function ops.figures(timestamptz) is
  'What the dashboard counts of the bound tenant, or of the platform where none is bound: open incidents and those of them that are late by severity, deliveries, jobs that fail, services that are not well. Costs what is open, not what ever was. All numbers, so that ops.add_up adds them.';

create function ops.by_severity(figures jsonb)
returns jsonb
language sql
immutable
as $$
  select pg_catalog.jsonb_object_agg(
    s.severity, pg_catalog.jsonb_build_object('open', (by_severity.figures -> ('open_' || s.severity)), 'late', (by_severity.figures -> ('late_' || s.severity)))
  )
  from pg_catalog.generate_series(1, 4) as s (severity)
$$;
comment on function ops.by_severity(jsonb) is 'The incidents of ops.figures as {severity: {open, late}}.';

create function ops.platform_figures(now timestamptz)
returns table (tile text, value numeric, as_of timestamptz, detail jsonb)
language plpgsql
volatile
rows 12
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid;
  v_slug text;
  v_own jsonb;
  v_figures jsonb;
  v_total jsonb := ops.add_up('{"open_1": 0, "open_2": 0, "open_3": 0, "open_4": 0, "late_1": 0, "late_2": 0, "late_3": 0, "late_4": 0}', null);
  v_unwell jsonb := jsonb_build_object();
  v_number integer := 0;
  v_with_incidents integer := 0;
  v_waiting integer := 0;
  v_run simulation.run;
  v_last simulation.run;
  v_last_slug text;
begin
  -- Each tenant is bound for administration, as a platform procedure may: what is read is seen by no new right.
  for v_tenant_id in select t.tenant_id from identity.tenants() as t (tenant_id) loop
    perform identity.bind_target(v_tenant_id);
    v_figures := ops.figures(platform_figures.now);
    v_total := ops.add_up(v_total, v_figures);
    v_with_incidents := v_with_incidents
      + ((v_figures ->> 'open_1')::integer + (v_figures ->> 'open_2')::integer + (v_figures ->> 'open_3')::integer + (v_figures ->> 'open_4')::integer > 0)::integer;
    v_waiting := v_waiting + ((v_figures ->> 'pending')::integer > 0)::integer;
    v_slug := (select n.slug from tenancy.tenant as n where n.tenant_id = v_tenant_id);
    if (v_figures ->> 'unwell')::integer > 0 then
      v_number := v_number + 1;
      if v_number <= 20 then
        v_unwell := v_unwell || jsonb_build_object(v_slug, (
          select jsonb_object_agg(h.service, h.state)
          from metrics.service_health as h
          where h.tenant_id = v_tenant_id and h.state in ('degraded', 'unhealthy')
        ));
      end if;
    end if;
    select r.* into v_run from simulation.run as r where r.tenant_id = v_tenant_id order by r.id desc limit 1;
    if found and (v_last.created_at is null or v_run.created_at > v_last.created_at) then
      v_last := v_run;
      v_last_slug := v_slug;
    end if;
  end loop;
  perform identity.bind_target(null);
  v_own := ops.figures(platform_figures.now);
  return query
  select
    'incidents_platform'::text,
    (v_own ->> 'open_1')::numeric + (v_own ->> 'open_2')::numeric + (v_own ->> 'open_3')::numeric + (v_own ->> 'open_4')::numeric,
    platform_figures.now, ops.by_severity(v_own)
  union all
  select
    'incidents_tenants',
    (v_total ->> 'open_1')::numeric + (v_total ->> 'open_2')::numeric + (v_total ->> 'open_3')::numeric + (v_total ->> 'open_4')::numeric,
    platform_figures.now, ops.by_severity(v_total) || jsonb_build_object('tenants', v_with_incidents)
  union all
  select 'tenants_unwell', v_number::numeric, platform_figures.now, v_unwell
  union all
  select
    'services_unwell', count(*) filter (where s.state in ('degraded', 'unhealthy', 'unknown'))::numeric, platform_figures.now,
    coalesce(jsonb_object_agg(s.service, s.state), '{}')
  from (
    select
      s.service,
      case
        when h.state <> 'maintenance' and h.reported_at < platform_figures.now - 3 * s.report_every then 'unknown' else h.state
      end as state
    from metrics.service as s
    -- Nobody reports on every service for the platform: of those that somebody ever did, silence is unwell.
    inner join metrics.service_health as h on h.service = s.service
  ) as s
  union all
  select
    'reports_stale', count(*)::numeric, platform_figures.now,
    coalesce(jsonb_object_agg(f.view, jsonb_build_object('as_of', f.as_of, 'failed_at', f.failed_at)), '{}')
  from report.freshness as f
  where coalesce(f.as_of + f.stale_after < platform_figures.now, true) or f.failed_at is not null
  union all
  select
    'jobs_late', count(*) filter (where l.lag > greatest(j.every, interval '5 minutes'))::numeric, platform_figures.now,
    jsonb_build_object(
      'last_begun_at', max(v.begun_at) filter (where isfinite(v.begun_at)), 'never_ran', count(*) filter (where l.lag is null), 'late',
      coalesce(
        jsonb_object_agg(j.job, round(extract(epoch from l.lag))) filter (where l.lag > greatest(j.every, interval '5 minutes')), '{}'
      )
    )
  from ops.job as j
  left join ops.visit as v on v.tenant_id = '00000000-0000-0000-0000-000000000000' and v.job = j.job
  cross join lateral (
    select case when isfinite(v.begun_at) then greatest(platform_figures.now - v.begun_at - j.every, interval '0') end as lag
  ) as l
  where j.is_enabled
  union all
  select
    'jobs_failing', count(*)::numeric, platform_figures.now,
    jsonb_build_object(
      'failing', coalesce(jsonb_object_agg(j.job, v.failures), '{}'), 'raising', coalesce(jsonb_agg(j.job) filter (where v.failures >= j.raises_after), '[]'),
      'in_tenants', coalesce((v_total ->> 'failing')::integer, 0)
    )
  from ops.job as j
  inner join ops.visit as v on v.tenant_id = '00000000-0000-0000-0000-000000000000' and v.job = j.job
  where j.is_enabled and v.failures > 0
  union all
  select
    'deliveries_pending', (v_own ->> 'pending')::numeric + coalesce((v_total ->> 'pending')::numeric, 0), platform_figures.now,
    jsonb_build_object(
      'overdue', (v_own ->> 'overdue')::integer + coalesce((v_total ->> 'overdue')::integer, 0), 'of_the_platform', v_own -> 'pending', 'tenants', v_waiting
    )
  union all
  select
    'deliveries_dead', (v_own ->> 'dead')::numeric + coalesce((v_total ->> 'dead')::numeric, 0), platform_figures.now,
    jsonb_build_object('of_the_platform', v_own -> 'dead')
  union all
  select
    'last_simulation', round(extract(epoch from platform_figures.now - v_last.created_at)), platform_figures.now,
    case when v_last.id is not null then
      jsonb_build_object(
        'tenant', v_last_slug, 'run', v_last.id, 'command', v_last.command, 'state', v_last.state, 'created_at', v_last.created_at
      )
    end
  union all
  select p.tile, p.value, p.as_of, p.detail from report.platform_health() as p;
end $$;
comment on function ops.platform_figures(timestamptz) is
  'Figures of what runs, for a bound platform session: open incidents of the platform and of the tenants by severity and how many are late, services and tenants that are not well, reports that are stale, jobs that are late or fail, deliveries that wait or were given up, flags and clocks (of the report tenant_health, as of its refresh), the last simulation (value: its age in seconds). It looks at one tenant after the other, binding each as any platform procedure may (identity.bind_target), so that it needs no right across tenants; that costs about a millisecond a tenant. Afterwards none is bound. Nothing of a tenant''s attendance.';

create function ops.judge_tile(tile text, value numeric, detail jsonb, now timestamptz)
returns text
language sql
stable
as $$
  select case
    when judge_tile.tile = 'guard_findings' and judge_tile.value > 0 then 'broken'
    when judge_tile.tile = 'guard_armed' and judge_tile.value = 0 then 'attention'
    when judge_tile.tile = 'seal_age_s' and judge_tile.value > 900 then 'broken'
    when judge_tile.tile = 'self_test_age_s' and judge_tile.detail ->> 'result' = 'failed' then 'broken'
    when judge_tile.tile in ('seal_age_s', 'self_test_age_s') and judge_tile.value is null then 'attention'
    when judge_tile.tile in ('incidents_platform', 'incidents_tenants') then case
      when (judge_tile.detail #>> '{1,open}')::integer > 0 or (judge_tile.detail #>> '{2,late}')::integer > 0 then 'broken'
      when judge_tile.tile = 'incidents_platform' and judge_tile.value > 0 then 'attention'
      when (judge_tile.detail #>> '{2,open}')::integer > 0 then 'attention'
      when (judge_tile.detail #>> '{3,late}')::integer > 0 or (judge_tile.detail #>> '{4,late}')::integer > 0 then 'attention'
      else 'well'
    end
    when judge_tile.tile = 'services_unwell' and exists (
      select from pg_catalog.jsonb_each_text(judge_tile.detail) as s where s.value = 'unhealthy'
    ) then 'broken'
    when judge_tile.tile = 'jobs_failing' and judge_tile.detail -> 'raising' <> '[]' then 'broken'
    when judge_tile.tile = 'jobs_late' and (judge_tile.detail ->> 'last_begun_at')::timestamptz < judge_tile.now - interval '15 minutes' then 'broken'
    when judge_tile.tile = 'jobs_late' and judge_tile.detail ->> 'last_begun_at' is null then 'attention'
    when judge_tile.tile = 'jobs_failing' and judge_tile.detail ->> 'in_tenants' <> '0' then 'attention'
    when judge_tile.tile = 'deliveries_pending' and judge_tile.detail ->> 'overdue' <> '0' then 'attention'
    when judge_tile.tile in (
      'services_unwell', 'tenants_unwell', 'reports_stale', 'jobs_late', 'jobs_failing', 'deliveries_dead', 'break_glass', 'break_glass_awaiting_review'
    ) and judge_tile.value > 0 then 'attention'
    when judge_tile.tile in ('flags_open', 'clocks_distrusted') and judge_tile.value is null then 'attention'
    when judge_tile.tile = 'clocks_distrusted' and judge_tile.value > 0.1 * (judge_tile.detail ->> 'devices')::numeric then 'attention'
    when judge_tile.tile = 'last_simulation' and judge_tile.detail ->> 'state' = 'broken' then 'attention'
    else 'well'
  end
$$;
comment on function ops.judge_tile(text, numeric, jsonb, timestamptz) is
  'What a tile of the dashboard says: broken (somebody is needed now: the guard finds something, nothing was sealed for 15 minutes, a self-test failed, an incident of severity 1 is open or one of severity 2 is late, a service is unhealthy, no job has begun for 15 minutes or one fails so often that it raises an incident), attention (somebody should look), or well.';

commit;
