-- Deploy smartattend:api/incident_views to pg
begin;
set local role smartattend_owner;

create view api.incident_sla with (security_invoker = true) as
select
  e.incident_id, i.number, e.episode, i.source, i.severity, e.began_at, m.acknowledged_at, m.mitigated_at, m.resolved_at,
  m.acknowledged_at - e.began_at as time_to_acknowledge,
  m.mitigated_at - e.began_at - p.until_mitigated as time_to_mitigate,
  m.resolved_at - e.began_at - p.until_resolved as time_to_resolve,
  a.is_met as acknowledge_met, g.is_met as mitigate_met, r.is_met as resolve_met
from (
  select
    t.tenant_id, t.object_id as incident_id, t.recorded_at as began_at,
    row_number() over (partition by t.tenant_id, t.object_id order by t.recorded_at)::integer as episode,
    lead(t.recorded_at, 1, 'infinity') over (partition by t.tenant_id, t.object_id order by t.recorded_at) as next_at
  from incident.incident_transition as t
  where t.from_state is null or t.via = 'reopen'
) as e
inner join incident.incident as i on i.tenant_id = e.tenant_id and i.id = e.incident_id
cross join lateral (
  select
    min(t.recorded_at) filter (where t.to_state = 'acknowledged') as acknowledged_at,
    min(t.recorded_at) filter (where t.to_state in ('mitigated', 'resolved')) as mitigated_at,
    min(t.recorded_at) filter (where t.to_state = 'resolved') as resolved_at
  from incident.incident_transition as t
  where t.tenant_id = e.tenant_id and t.object_id = e.incident_id and t.recorded_at >= e.began_at and t.recorded_at < e.next_at
) as m
cross join lateral (
  select
    coalesce(sum(greatest(least(coalesce(u.recorded_at, 'infinity'), m.mitigated_at) - greatest(s.recorded_at, e.began_at), '0')), '0') as until_mitigated,
    coalesce(sum(greatest(least(coalesce(u.recorded_at, 'infinity'), m.resolved_at) - greatest(s.recorded_at, e.began_at), '0')), '0') as until_resolved
  from incident.pause as s
  left join incident.resumption as u on u.tenant_id = s.tenant_id and u.pause_id = s.id
  where s.tenant_id = e.tenant_id and s.incident_id = e.incident_id and s.episode = e.episode and m.mitigated_at is not null
) as p
left join incident.verdict as a on a.tenant_id = e.tenant_id and a.incident_id = e.incident_id and a.episode = e.episode and a.clock = 'acknowledge'
left join incident.verdict as g on g.tenant_id = e.tenant_id and g.incident_id = e.incident_id and g.episode = e.episode and g.clock = 'mitigate'
left join incident.verdict as r on r.tenant_id = e.tenant_id and r.incident_id = e.incident_id and r.episode = e.episode and r.clock = 'resolve';
comment on view api.incident_sla is
  'The times of each episode of the incidents that one reads, from the log of transitions, less pauses, and whether the service level was met: MTTA, MTTM and MTTR are the averages of time_to_acknowledge, time_to_mitigate and time_to_resolve. What was resolved without being mitigated was mitigated then. With incident.read.';

create view api.incident with (security_invoker = true) as
select
  i.id, i.number, i.source, i.title, i.severity, i.state, i.state_via, i.state_reason, i.code, i.episode, i.is_storm, i.owner_id, i.resolver_id,
  i.proposer_id, i.into_id, i.previous_id, i.dedup_key, o.occurrences, o.first_at, o.last_at, b.began_at,
  case when i.owner_id is null and i.state in ('detected', 'investigating') then l.level end as level,
  core.clock() - b.began_at as age,
  p.since as paused_since,
  b.began_at + s.acknowledge_within as acknowledge_due_at,
  b.began_at + s.mitigate_within + p.paused as mitigate_due_at,
  b.began_at + s.resolve_within + p.paused as resolve_due_at,
  case
    when i.state = 'dismissed' then 'none'
    when v.missed or c.is_late then 'missed'
    when p.since is not null then 'paused'
    when i.state in ('resolved', 'closed') then 'met'
    else 'running'
  end as sla
from incident.incident as i
inner join incident.severity as s on s.severity = i.severity
cross join lateral (
  select count(*) as occurrences, min(x.recorded_at) as first_at, max(x.recorded_at) as last_at
  from incident.occurrence as x
  where x.tenant_id = i.tenant_id and x.incident_id = i.id
) as o
cross join lateral (
  select max(t.recorded_at) as began_at
  from incident.incident_transition as t
  where t.tenant_id = i.tenant_id and t.object_id = i.id and (t.from_state is null or t.via = 'reopen')
) as b
cross join lateral (
  select
    coalesce(sum(coalesce(u.recorded_at, core.clock()) - x.recorded_at), '0') as paused,
    max(x.recorded_at) filter (where u.recorded_at is null) as since
  from incident.pause as x
  left join incident.resumption as u on u.tenant_id = x.tenant_id and u.pause_id = x.id
  where x.tenant_id = i.tenant_id and x.incident_id = i.id and x.episode = i.episode
) as p
cross join lateral (
  select coalesce(bool_or(not x.is_met), false) as missed, array_agg(x.clock) as clocks
  from incident.verdict as x
  where x.tenant_id = i.tenant_id and x.incident_id = i.id and x.episode = i.episode
) as v
cross join lateral (
  select i.state in ('detected', 'acknowledged', 'investigating', 'mitigated') and coalesce(
    i.episode = 1 and 'acknowledge' <> all (coalesce(v.clocks, '{}')) and core.clock() - b.began_at > s.acknowledge_within
    or 'mitigate' <> all (coalesce(v.clocks, '{}')) and core.clock() - b.began_at - p.paused > s.mitigate_within
    or core.clock() - b.began_at - p.paused > s.resolve_within,
    false
  ) as is_late
) as c
left join lateral (
  select x.level
  from incident.escalation as x
  inner join incident.step as w on w.platform = i.platform and w.severity = x.severity and w.level = x.level
  where x.tenant_id = i.tenant_id and x.incident_id = i.id
  order by x.since desc, w.ordinal desc
  limit 1
) as l on true;
comment on view api.incident is
  'The incidents of one''s tenant, or with a platform session the platform''s: how severe, how often, who has it, how far it escalated while nobody does (level), its clocks, and how the service level stands in this episode (sla: running, paused, met, missed, or none when it was dismissed). With incident.read.';

create view api.incident_timeline with (security_invoker = true) as
select i.id as incident_id, i.number, f.at, f.what, f.detail, f.text, f.actor_id
from incident.incident as i
cross join lateral (
  select t.recorded_at as at, 'moved' as what, concat_ws(' ', t.to_state, 'by', t.via) as detail, t.reason as text, t.actor_id, 1 as place
  from incident.incident_transition as t where t.tenant_id = i.tenant_id and t.object_id = i.id
  union all
  select o.recorded_at, 'occurred' as what, 'severity ' || o.severity, o.title, o.actor_id, 2
  from incident.occurrence as o where o.tenant_id = i.tenant_id and o.incident_id = i.id
  union all
  select e.recorded_at, 'escalated' as what, e.level, null as text, null as actor_id, 3
  from incident.escalation as e where e.tenant_id = i.tenant_id and e.incident_id = i.id
  union all
  select g.recorded_at, 'paged' as what, concat_ws(' ', g.recipient, g.why), null as text, g.user_id, 4
  from incident.page as g where g.tenant_id = i.tenant_id and g.incident_id = i.id
  union all
  select s.recorded_at, 'stated' as what, concat_ws(' ', s.kind, s.confidence), s.text, s.actor_id, 5
  from incident.statement as s where s.tenant_id = i.tenant_id and s.incident_id = i.id
  union all
  select a.recorded_at, 'assigned' as what, a.owner_id::text, a.reason, a.actor_id, 6
  from incident.assignment as a where a.tenant_id = i.tenant_id and a.incident_id = i.id
  union all
  select p.recorded_at, 'paused' as what, null as detail, p.reason, p.actor_id, 7
  from incident.pause as p where p.tenant_id = i.tenant_id and p.incident_id = i.id
  union all
  select r.recorded_at, 'resumed' as what, null as detail, r.reason, r.actor_id, 8
  from incident.pause as p
  inner join incident.resumption as r on r.tenant_id = p.tenant_id and r.pause_id = p.id
  where p.tenant_id = i.tenant_id and p.incident_id = i.id
  union all
  select v.recorded_at, case when v.is_met then 'met' else 'missed' end, v.clock, format('within %s, took %s', v.within, v.took), null as actor_id, 9
  from incident.verdict as v where v.tenant_id = i.tenant_id and v.incident_id = i.id
) as f;
comment on view api.incident_timeline is
  'Everything that happened to an incident, each from its own append-only log: moved, occurred, escalated, paged, stated, assigned, paused, resumed, met, missed. Order by at. With incident.read.';

create view api.incident_escalation_missed with (security_invoker = true) as
select i.id as incident_id, i.number, i.source, i.severity, d.level, d.since, d.due_at, d.until
from (
  select
    n.tenant_id, n.incident_id, n.since, n.until, w.level, min(greatest(n.since + w.after, n.worst_at[w.severity])) as due_at
  from (
    select
      t.tenant_id, t.object_id as incident_id, t.recorded_at as since, t.to_state,
      lead(t.recorded_at, 1, 'infinity') over (partition by t.tenant_id, t.object_id order by t.recorded_at) as until,
      k.platform, array[k.first_1, k.first_2] as worst_at
    from incident.incident_transition as t
    inner join (
      select
        x.tenant_id, x.id, x.platform,
        min(o.recorded_at) filter (where o.severity = 1) as first_1,
        min(o.recorded_at) filter (where o.severity <= 2) as first_2
      from incident.incident as x
      inner join incident.occurrence as o on o.tenant_id = x.tenant_id and o.incident_id = x.id
      where x.severity <= 2
      group by x.tenant_id, x.id
    ) as k on k.tenant_id = t.tenant_id and k.id = t.object_id
  ) as n
  inner join incident.step as w on w.platform = n.platform and w.severity <= 2 and n.worst_at[w.severity] is not null
  where n.to_state = 'detected'
  group by n.tenant_id, n.incident_id, n.since, n.until, w.level
) as d
inner join incident.incident as i on i.tenant_id = d.tenant_id and i.id = d.incident_id
where d.due_at < least(d.until, core.clock())
  and not exists (
    select from incident.escalation as e
    where e.tenant_id = d.tenant_id and e.incident_id = d.incident_id and e.since = d.since and e.level = d.level
  );
comment on view api.incident_escalation_missed is
  'For the auditor: every incident of severity 1 or 2 that stayed nobody''s past the time of an escalation step without its log line, judged from the logs and the policy alone. It must stay empty, but for the time between two runs of the job. With incident.read.';

revoke all on api.incident_sla, api.incident, api.incident_timeline, api.incident_escalation_missed from public;
grant select on api.incident_sla, api.incident, api.incident_timeline, api.incident_escalation_missed to smartattend_app;

commit;
