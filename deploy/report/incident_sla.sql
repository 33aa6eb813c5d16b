-- Deploy smartattend:report/incident_sla to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.incident_sla as
select
  e.tenant_id,
  date_trunc('month', e.began_at at time zone coalesce(n.time_zone, 'UTC'))::date as month,
  i.severity,
  count(*)::integer as episodes,
  count(*) filter (where m.resolved_at is null and m.dismissed_at is null)::integer as open,
  count(*) filter (where m.dismissed_at is not null)::integer as dismissed,
  avg(corporate.elapsed(e.began_at, m.acknowledged_at)) as mtta,
  avg(corporate.elapsed(e.began_at, m.mitigated_at) - p.until_mitigated) as mttm,
  avg(corporate.elapsed(e.began_at, m.resolved_at) - p.until_resolved) as mttr,
  coalesce(sum(v.acknowledge_met), 0)::integer as acknowledge_met,
  coalesce(sum(v.acknowledge_missed), 0)::integer as acknowledge_missed,
  coalesce(sum(v.mitigate_met), 0)::integer as mitigate_met,
  coalesce(sum(v.mitigate_missed), 0)::integer as mitigate_missed,
  coalesce(sum(v.resolve_met), 0)::integer as resolve_met,
  coalesce(sum(v.resolve_missed), 0)::integer as resolve_missed
from (
  select
    t.tenant_id, t.object_id as incident_id, t.recorded_at as began_at,
    row_number() over (partition by t.tenant_id, t.object_id order by t.recorded_at)::integer as episode,
    lead(t.recorded_at, 1, 'infinity') over (partition by t.tenant_id, t.object_id order by t.recorded_at) as next_at
  from incident.incident_transition as t
  where t.from_state is null or t.via = 'reopen'
) as e
inner join incident.incident as i on i.tenant_id = e.tenant_id and i.id = e.incident_id
left join tenancy.tenant as n on n.tenant_id = e.tenant_id
cross join lateral (
  select
    min(t.recorded_at) filter (where t.to_state = 'acknowledged') as acknowledged_at,
    min(t.recorded_at) filter (where t.to_state in ('mitigated', 'resolved')) as mitigated_at,
    min(t.recorded_at) filter (where t.to_state = 'resolved') as resolved_at,
    min(t.recorded_at) filter (where t.to_state = 'dismissed') as dismissed_at
  from incident.incident_transition as t
  where t.tenant_id = e.tenant_id and t.object_id = e.incident_id and t.recorded_at >= e.began_at and t.recorded_at < e.next_at
) as m
cross join lateral (
  select
    coalesce(sum(greatest(least(coalesce(u.recorded_at, 'infinity'), m.mitigated_at) - s.recorded_at, '0')), '0') as until_mitigated,
    coalesce(sum(greatest(least(coalesce(u.recorded_at, 'infinity'), m.resolved_at) - s.recorded_at, '0')), '0') as until_resolved
  from incident.pause as s
  left join incident.resumption as u on u.tenant_id = s.tenant_id and u.pause_id = s.id
  where s.tenant_id = e.tenant_id and s.incident_id = e.incident_id and s.episode = e.episode and m.mitigated_at is not null
) as p
cross join lateral (
  select
    count(*) filter (where v.clock = 'acknowledge' and v.is_met) as acknowledge_met,
    count(*) filter (where v.clock = 'acknowledge' and not v.is_met) as acknowledge_missed,
    count(*) filter (where v.clock = 'mitigate' and v.is_met) as mitigate_met,
    count(*) filter (where v.clock = 'mitigate' and not v.is_met) as mitigate_missed,
    count(*) filter (where v.clock = 'resolve' and v.is_met) as resolve_met,
    count(*) filter (where v.clock = 'resolve' and not v.is_met) as resolve_missed
  from incident.verdict as v
  where v.tenant_id = e.tenant_id and v.incident_id = e.incident_id and v.episode = e.episode
) as v
group by e.tenant_id, date_trunc('month', e.began_at at time zone coalesce(n.time_zone, 'UTC'))::date, i.severity;
comment on materialized view report_data.incident_sla is
  'Episodes of incidents by tenant, month in which they began (of the tenant''s zone; of UTC for the platform) and severity.';
create unique index incident_sla_key on report_data.incident_sla (tenant_id, month, severity);

create view report.incident_sla with (security_barrier = true) as
select
  r.month, r.severity, r.episodes, r.open, r.dismissed, r.mtta, r.mttm, r.mttr, r.acknowledge_met, r.acknowledge_missed, r.mitigate_met,
  r.mitigate_missed, r.resolve_met, r.resolve_missed,
  f.as_of
from report_data.incident_sla as r
cross join report.freshness as f
where f.view = 'incident_sla'
  and r.tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('incident.read'));
comment on view report.incident_sla is
  'Episodes of incidents by the month in which they began and by severity, with incident.read: mtta, mttm and mttr are the mean times to acknowledge, mitigate and resolve, less pauses, of those that were (what was resolved without being mitigated was mitigated then); and how many promises of the service level were kept and broken, by clock.';
grant select on report.incident_sla to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('incident_sla', 'How fast incidents are dealt with, and whether as promised', '15 minutes', '1 hour');

commit;
