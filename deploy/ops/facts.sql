-- Deploy smartattend:ops/facts to pg
begin;
set local role smartattend_owner;

create type ops.fact as (is_over boolean, source text, dedup_key text, severity integer, title text, evidence jsonb);
comment on type ops.fact is 'What an incident is made of; is_over: what one recovers from.';

create function ops.facts_of_access(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select false, a.source, a.dedup_key, a.severity, a.title, a.evidence || pg_catalog.jsonb_build_object('alarm', a.id, 'recorded_at', a.recorded_at)
  from access.alarm as a
  where a.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
    and a.xid >= facts_of_access.since and a.xid < facts_of_access.until
  order by a.recorded_at, a.id
$$;
comment on function ops.facts_of_access(xid8, xid8, timestamptz) is 'Privileges that weigh too much, broken glass: the alarms of access, of the bound tenant or the platform.';

create function ops.facts_of_refusals(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select
    false, 'closed_period', 'closed_period:' || coalesce(r.actor_id::text, 'nobody'), 3, 'writes into a closed period were refused (F30)',
    pg_catalog.jsonb_build_object(
      'actor_id', r.actor_id, 'refusals', count(*), 'commands', pg_catalog.jsonb_agg(distinct r.command), 'first_at', min(r.recorded_at),
      'last_at', max(r.recorded_at)
    )
  from ledger.refusal as r
  where r.tenant_id = core.bound_tenant() and r.xid >= facts_of_refusals.since and r.xid < facts_of_refusals.until and r.code = 'SA117'
  group by r.actor_id
$$;
comment on function ops.facts_of_refusals(xid8, xid8, timestamptz) is
  'Who tried to write into a closed period of the bound tenant: the refusals SA117, which are the evidence of F30, too.';

create function ops.facts_of_clocks(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select
    not (c.agreeing >= 0.8 * c.clocks and abs(c.median_us) > 2000000), 'server_clock', 'server_clock:devices', 2,
    'the devices agree that the server''s clock is wrong',
    pg_catalog.jsonb_build_object('clocks', c.clocks, 'agreeing', c.agreeing, 'offset_s', round((c.median_us / 1000000)::numeric, 3))
  from (
    select
      count(*) as clocks, m.median_us,
      count(*) filter (where abs(k.offset_us - m.median_us) <= 1000000) as agreeing
    from timing.device_clock as k
    cross join lateral (
      select pg_catalog.percentile_cont(0.5) within group (order by o.offset_us) as median_us
      from timing.device_clock as o
      where o.tenant_id = core.bound_tenant() and o.state <> 'unknown' and o.sampled_at > facts_of_clocks.now - interval '1 hour'
    ) as m
    where k.tenant_id = core.bound_tenant() and k.state <> 'unknown' and k.sampled_at > facts_of_clocks.now - interval '1 hour'
    group by m.median_us
  ) as c
  where c.clocks >= 3
$$;
comment on function ops.facts_of_clocks(xid8, xid8, timestamptz) is
  'What the devices of the bound tenant say of the server''s clock: of three or more that reported within the hour four fifths see it off by the same more than two seconds (within one second), or they do not.';

create function ops.facts_of_guard(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select
    case n.kind when 'drift' then pg_catalog.jsonb_typeof(n.detail -> 'after') is not distinct from 'null' else n.subject = 'held' end,
    'guard',
    case n.kind when 'drift' then pg_catalog.left('drift:' || n.subject, 200) else 'self_test' end,
    1,
    case n.kind when 'drift' then pg_catalog.left('drift: ' || n.subject, 200) else 'the guard did not refuse what it must' end,
    n.detail || pg_catalog.jsonb_build_object('log', n.id, 'recorded_at', n.recorded_at)
  from guard.news(facts_of_guard.since, facts_of_guard.until) as n
  order by n.recorded_at, n.id
$$;
comment on function ops.facts_of_guard(xid8, xid8, timestamptz) is 'Drift from what was accepted and its end; self-tests that failed, or held again.';

create function ops.facts_of_the_seal(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select
    s.sealed_at >= facts_of_the_seal.now - interval '15 minutes', 'seal', 'seal:age', 2, 'nothing was sealed for 15 minutes',
    pg_catalog.jsonb_build_object('block', b.number, 'sealed_at', s.sealed_at)
  from ledger.last_block() as b
  -- before the first block the wait began with the first maintenance
  cross join lateral (
    select coalesce(b.sealed_at, (select min(r.begun_at) from ops.job_run as r), facts_of_the_seal.now) as sealed_at
  ) as s
  union all
  select
    b.sealed_at <= facts_of_the_seal.now + interval '5 seconds', 'server_clock', 'server_clock:seal', 1, 'a block was sealed in the future',
    pg_catalog.jsonb_build_object('block', b.number, 'sealed_at', b.sealed_at, 'now', facts_of_the_seal.now)
  from ledger.last_block() as b
  where b.sealed_at is not null
$$;
comment on function ops.facts_of_the_seal(xid8, xid8, timestamptz) is
  'How old the newest block is (maintenance itself leaves rows to seal each time), and whether it lies in the future, when the server''s clock went back.';

create function ops.facts_of_maintenance(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select
    v.failures < j.raises_after, 'maintenance', 'job:' || j.job, j.severity, pg_catalog.format('the job %s fails', j.job),
    pg_catalog.jsonb_build_object('failures', v.failures, 'begun_at', v.begun_at, 'error_code', r.error_code, 'error', r.error)
  from ops.job as j
  inner join ops.visit as v on v.tenant_id = '00000000-0000-0000-0000-000000000000' and v.job = j.job
  left join lateral (
    select r.error_code, r.error
    from ops.job_run as r
    where r.tenant_id = v.tenant_id and r.job = j.job and r.result = 'failed' and r.begun_at <= v.begun_at
    order by r.begun_at desc
    limit 1
  ) as r on v.failures > 0
  where v.failures = 0 or v.failures >= j.raises_after
  union all
  select
    count(*) filter (where v.ended_at > facts_of_maintenance.now + interval '5 seconds') = 0, 'server_clock', 'server_clock:jobs', 1,
    'a job ended in the future',
    pg_catalog.jsonb_build_object('ended_at', max(v.ended_at), 'now', facts_of_maintenance.now)
  from ops.visit as v
  where v.tenant_id = '00000000-0000-0000-0000-000000000000'
  having count(*) > 0
$$;
comment on function ops.facts_of_maintenance(xid8, xid8, timestamptz) is
  'Jobs that failed so often in a row as their row says, and that hold again; and a clock that went back since a job ended.';

create function ops.facts_of_metrics(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select false, a.source, a.dedup_key, a.severity, a.title, a.evidence || pg_catalog.jsonb_build_object('alarm', a.id, 'recorded_at', a.recorded_at)
  from metrics.alarm as a
  where a.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
    and a.xid >= facts_of_metrics.since and a.xid < facts_of_metrics.until
  union all
  -- A service is healthy again; an error rate or a budget was not spoken of for two hours (alarms are repeated each hour).
  select true, i.source, i.dedup_key, i.severity, i.title, pg_catalog.jsonb_build_object('state', h.state, 'alarm_at', l.recorded_at)
  from incident.incident as i
  left join metrics.service_health as h on h.tenant_id = i.tenant_id and h.service = pg_catalog.split_part(i.dedup_key, ':', 2)
  cross join lateral (
    select max(a.recorded_at) as recorded_at from metrics.alarm as a where a.tenant_id = i.tenant_id and a.dedup_key = i.dedup_key
  ) as l
  where i.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
    and i.state in ('detected', 'acknowledged')
    and case i.source
      when 'service_health' then h.state = 'healthy' and h.held_until <= facts_of_metrics.now
      when 'error_rate' then l.recorded_at < facts_of_metrics.now - interval '2 hours'
      when 'slo_burn' then l.recorded_at < facts_of_metrics.now - interval '2 hours'
    end
$$;
comment on function ops.facts_of_metrics(xid8, xid8, timestamptz) is
  'Services that are unhealthy or flapping, error rates, budgets that burn: the alarms of metrics, of the bound tenant or the platform; and what of them is over.';

create function ops.facts_of_reports(since xid8, until xid8, now timestamptz)
returns setof ops.fact
language sql
stable
as $$
  select
    f.failed_at is null, 'maintenance', 'report:' || f.view, 3, pg_catalog.format('the report %s cannot be refreshed', f.view),
    pg_catalog.jsonb_build_object('as_of', f.as_of, 'failed_at', f.failed_at)
  from report.freshness as f
$$;
comment on function ops.facts_of_reports(xid8, xid8, timestamptz) is 'Reports whose last refresh failed, and those that hold.';

commit;
