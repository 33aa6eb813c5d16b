-- Deploy smartattend:metrics/performance to pg
begin;
set local role smartattend_owner;

create function metrics.objective_of(endpoint text)
returns metrics.objective
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select o
  from metrics.objective as o
  where o.endpoint in (objective_of.endpoint, '*')
  order by o.endpoint = '*'
  limit 1
$$;
comment on function metrics.objective_of(text) is 'The objective of an endpoint: its own, or the one of everything.';

create function metrics.request_performance(since timestamptz, until timestamptz)
returns table (
  endpoint text, outcome text, hour timestamptz, calls bigint, p50_ms double precision, p90_ms double precision, p95_ms double precision,
  p99_ms double precision, p999_ms double precision, apdex double precision
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    g.endpoint, g.outcome, g.hour, g.calls, p.ms[1], p.ms[2], p.ms[3], p.ms[4], p.ms[5],
    metrics.apdex(
      case when g.outcome <> 'failed' then g.buckets else '{}' end, case when g.outcome <> 'failed' then g.counts else '{}' end,
      case when g.outcome = 'failed' then g.calls else 0 end, o.satisfied_ms
    )
  from (
    select h.endpoint, h.outcome, h.hour, sum(h.count)::bigint as calls, array_agg(h.bucket) as buckets, array_agg(h.count) as counts
    from metrics.request_hour as h
    where h.hour >= request_performance.since and h.hour < request_performance.until
    group by h.endpoint, h.outcome, h.hour
  ) as g
  cross join lateral metrics.percentiles(g.buckets, g.counts, '{0.5,0.9,0.95,0.99,0.999}') as p (ms)
  cross join lateral metrics.objective_of(g.endpoint) as o
$$;
comment on function metrics.request_performance(timestamptz, timestamptz) is
  'Percentiles and Apdex of the calls by endpoint, outcome and hour, of hours that begin in [since, until), of the tenant whose rows the caller reads.';

create function metrics.error_rate(since timestamptz, until timestamptz)
returns table (
  endpoint text, hour timestamptz, class text, calls bigint, errors bigint, rate double precision, at_least double precision, is_alarming boolean
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    e.endpoint, e.hour, e.class, e.calls, e.errors, e.errors::double precision / e.calls, w.at_least,
    e.burns and e.calls >= 20 and w.at_least > 1 - o.target
  from (
    select c.endpoint, c.hour, k.class, bool_or(k.burns) as burns, c.calls, sum(c.count)::bigint as errors
    from (
      select h.endpoint, h.hour, h.code, sum(h.count) as count, sum(sum(h.count)) over (partition by h.endpoint, h.hour)::bigint as calls
      from metrics.request_hour as h
      where h.hour >= error_rate.since and h.hour < error_rate.until
      group by h.endpoint, h.hour, h.code
    ) as c
    cross join lateral metrics.error_class_of(c.code) as k
    where c.code <> '' and k.class <> 'success'
    group by c.endpoint, c.hour, k.class, c.calls
  ) as e
  cross join lateral metrics.objective_of(e.endpoint) as o
  cross join lateral metrics.wilson_lower(e.errors, e.calls) as w (at_least)
$$;
comment on function metrics.error_rate(timestamptz, timestamptz) is
  'Errors by endpoint, hour and class (client, server, timeout, dependency, throttled, integrity), of all calls; at_least is Wilson''s lower bound (95 %). Alarming: a class that burns, of 20 calls or more, whose rate is certainly more than the objective leaves. A duplicate that was correctly refused is no error.';

create function metrics.slo_burn(now timestamptz)
returns table (
  objective text, factor double precision, long_window interval, short_window interval, severity integer, calls bigint, errors bigint,
  long_burn double precision, short_burn double precision, is_burning boolean
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with span as (
    select distinct s.span from metrics.burn_rule as r cross join lateral (values (r.long_window), (r.short_window)) as s (span)
  ), counted as materialized (
    -- Up to six hours by the minute; three days by the hour, of which the first is counted whole.
    select s.span, m.endpoint, m.code, sum(m.count) as count
    from span as s
    inner join metrics.request_minute as m on m.minute > slo_burn.now - s.span and m.minute <= slo_burn.now
    where s.span <= interval '6 hours'
    group by s.span, m.endpoint, m.code
    union all
    select s.span, h.endpoint, h.code, sum(h.count)
    from span as s
    inner join metrics.request_hour as h on h.hour > slo_burn.now - s.span - interval '1 hour' and h.hour <= slo_burn.now
    where s.span > interval '6 hours'
    group by s.span, h.endpoint, h.code
  ), judged as materialized (
    select c.span, c.endpoint, c.count, c.code <> '' and (metrics.error_class_of(c.code)).burns as burns from counted as c
  ), burned as (
    select
      o.objective, o.target, j.span, sum(j.count)::bigint as calls, coalesce(sum(j.count) filter (where j.burns), 0)::bigint as errors
    from metrics.objective as o
    inner join judged as j on o.endpoint in (j.endpoint, '*')
    group by o.objective, o.target, j.span
  )
  select
    l.objective, r.factor, r.long_window, r.short_window, r.severity, l.calls, l.errors,
    l.errors / (l.calls * (1 - l.target)), coalesce(s.errors / (s.calls * (1 - s.target)), 0),
    l.calls >= 20
    and l.errors / (l.calls * (1 - l.target)) >= r.factor
    and coalesce(s.errors / (s.calls * (1 - s.target)), 0) >= r.factor
    and metrics.wilson_lower(l.errors, l.calls) > 1 - l.target
  from metrics.burn_rule as r
  inner join burned as l on l.span = r.long_window
  left join burned as s on s.span = r.short_window and s.objective = l.objective
$$;
comment on function metrics.slo_burn(timestamptz) is
  'How fast the error budget of each objective burns: 1 is as fast as it may. Burning: in the long window and in the short one at the factor or faster, of 20 calls or more, and certainly more than the objective leaves (Wilson''s lower bound). An objective without calls has no row.';

commit;
