-- Deploy smartattend:metrics/collect to pg
begin;
set local role smartattend_owner;

create function metrics.clock_drift(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select max(abs(c.offset_us) + c.error_us) / 1000000.0, jsonb_build_object('devices', count(*))
  from timing.device_clock as c
  where c.tenant_id = core.bound_tenant() and c.state <> 'unknown' and c.sampled_at <= clock_drift.now
$$;
comment on function metrics.clock_drift(timestamptz) is 'A collector: the worst clock of those that are known, in seconds. Null without any.';

create function metrics.request_latency(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select p.ms, jsonb_build_object('fraction', p.fraction, 'calls', g.calls)
  from (
    select array_agg(m.bucket) as buckets, array_agg(m.count) as counts, sum(m.count) as calls
    from metrics.request_minute as m
    where m.minute > request_latency.now - interval '5 minutes' and m.minute <= request_latency.now and m.outcome <> 'failed'
  ) as g
  cross join lateral unnest(
    metrics.percentiles(g.buckets, g.counts, '{0.5,0.9,0.95,0.99,0.999}'), '{0.5,0.9,0.95,0.99,0.999}'::double precision[]
  ) as p (ms, fraction)
$$;
comment on function metrics.request_latency(timestamptz) is 'A collector: percentiles of the calls of the last five minutes that were answered. Null without any.';

create function metrics.function_latency(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select f.total_time / f.calls, jsonb_build_object('function', f.funcname, 'calls', f.calls)
  from pg_stat_user_functions as f
  where f.schemaname = 'api' and f.calls > 0 and function_latency.now is not null
$$;
comment on function metrics.function_latency(timestamptz) is
  'A collector: what each procedure of api took on average since the server''s statistics were reset, questions included, which leave no row; nothing unless track_functions is on.';

create function metrics.request_errors(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(sum(c.count) filter (where c.class = k.class) / nullif(sum(c.count), 0), 0), jsonb_build_object('class', k.class)
  from unnest(array['client', 'server', 'timeout', 'dependency', 'throttled', 'integrity']) as k (class)
  left join (
    select s.count, case when s.code <> '' then (metrics.error_class_of(s.code)).class end as class
    from (
      select m.code, sum(m.count) as count
      from metrics.request_minute as m
      where m.minute > request_errors.now - interval '1 hour' and m.minute <= request_errors.now
      group by m.code
    ) as s
  ) as c on true
  group by k.class
$$;
comment on function metrics.request_errors(timestamptz) is 'A collector: the rate of errors of each class among the calls of the last hour.';

create function metrics.open_flags(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(f.id), jsonb_build_object('severity', s.severity)
  from (select distinct r.severity from integrity.rule as r) as s
  left join integrity.flag as f on f.tenant_id = core.bound_tenant() and f.severity = s.severity and f.state = 'open'
  where open_flags.now is not null
  group by s.severity
$$;
comment on function metrics.open_flags(timestamptz) is 'A collector: open flags by severity.';

create function metrics.open_corrections(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(*), jsonb_build_object('overdue', count(*) filter (where c.expires_at <= open_corrections.now))
  from attendance.correction_request as c
  where c.tenant_id = core.bound_tenant() and c.state = 'submitted'
$$;
comment on function metrics.open_corrections(timestamptz) is 'A collector: correction requests that wait for a decision.';

create function metrics.open_escalations(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(*), '{}'::jsonb
  from access.escalation_event as e
  where e.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000') and e.state = 'open'
    and e.observed_at <= open_escalations.now
$$;
comment on function metrics.open_escalations(timestamptz) is 'A collector: escalation events that nobody has decided.';

create function metrics.overdue_revalidations(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(*), '{}'::jsonb
  from access.revalidation as r
  where r.tenant_id = core.bound_tenant() and r.state in ('queued', 'due', 'overdue') and r.overdue_at <= overdue_revalidations.now
$$;
comment on function metrics.overdue_revalidations(timestamptz) is 'A collector: revalidations whose time is over, whether or not a job has said so yet.';

create function metrics.active_tenants(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$ select identity.active_tenants(), '{}'::jsonb where active_tenants.now is not null $$;
comment on function metrics.active_tenants(timestamptz) is 'A collector: tenants in state active.';

create function metrics.seal_age(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$ select extract(epoch from seal_age.now - ledger.sealed_at()), '{}'::jsonb $$;
comment on function metrics.seal_age(timestamptz) is 'A collector: seconds since the last seal. Null before the first.';

create function metrics.connections_used(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::double precision / current_setting('max_connections')::integer, jsonb_build_object('connections', count(*))
  from pg_stat_activity as a
  where a.usesysid is not null and a.datid is not null -- the type of a backend is not for everybody to see
    and connections_used.now is not null
$$;
comment on function metrics.connections_used(timestamptz) is 'A collector: connections of clients, of all that the server takes.';

create function metrics.oldest_transaction(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    greatest(
      -- Of other people's sessions only a member of pg_read_all_stats sees when they began: that the horizon stands still, everybody sees.
      (select max(extract(epoch from oldest_transaction.now - a.xact_start)) from pg_stat_activity as a where a.xact_start <= oldest_transaction.now),
      case
        when l.labels ->> 'horizon' = h.horizon and l.labels ->> 'horizon' <> h.next
        then l.value + extract(epoch from oldest_transaction.now - l.recorded_at)
      end,
      0
    ),
    jsonb_build_object('horizon', h.horizon)
  from (
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon, pg_snapshot_xmax(pg_current_snapshot())::text as next
  ) as h
  left join lateral (
    select s.labels, s.value, s.recorded_at
    from metrics.sample as s
    where s.tenant_id = '00000000-0000-0000-0000-000000000000' and s.metric = 'oldest_transaction' and s.recorded_at < oldest_transaction.now
    order by s.recorded_at desc
    limit 1
  ) as l on true
$$;
comment on function metrics.oldest_transaction(timestamptz) is
  'A collector: how long the oldest transaction has been seen to run, in seconds: by its beginning where that may be read, and otherwise since the horizon of transactions was first seen where it stands now.';

create function metrics.dead_tuples(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select t.n_dead_tup::double precision / (t.n_live_tup + t.n_dead_tup), jsonb_build_object('relation', t.schemaname || '.' || t.relname)
  from pg_stat_user_tables as t
  where t.n_live_tup + t.n_dead_tup >= 1000 and dead_tuples.now is not null
  order by 1 desc
  limit 1
$$;
comment on function metrics.dead_tuples(timestamptz) is 'A collector: dead rows of the worst table of 1000 rows or more.';

insert into metrics.collector (metric, function, scope) values
  ('clock_drift', 'metrics.clock_drift', 'tenant'),
  ('request_latency', 'metrics.request_latency', 'both'),
  ('request_latency', 'metrics.function_latency', 'platform'),
  ('request_error', 'metrics.request_errors', 'both'),
  ('flag_open', 'metrics.open_flags', 'tenant'),
  ('correction_open', 'metrics.open_corrections', 'tenant'),
  ('escalation_event', 'metrics.open_escalations', 'both'),
  ('revalidation_overdue', 'metrics.overdue_revalidations', 'tenant'),
  ('active_tenants', 'metrics.active_tenants', 'platform'),
  ('seal_age', 'metrics.seal_age', 'platform'),
  ('connections_used_ratio', 'metrics.connections_used', 'platform'),
  ('oldest_transaction', 'metrics.oldest_transaction', 'platform'),
  ('dead_tuple_ratio', 'metrics.dead_tuples', 'platform');

create function metrics.collect(now timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_scope text := case when core.bound_tenant() is null then 'platform' else 'tenant' end;
  v_collector record;
  v_rows bigint;
  v_samples bigint;
begin
  insert into metrics.sample (tenant_id, recorded_at, metric, value)
  select v_tenant_id, collect.now, c.metric, c.total from metrics.counter as c where c.tenant_id = v_tenant_id;
  get diagnostics v_samples = row_count;
  for v_collector in
    select c.metric, split_part(c.function, '.', 1) as schema, split_part(c.function, '.', 2) as name
    from metrics.collector as c
    where c.scope in (v_scope, 'both')
    order by c.metric, c.function
  loop
    execute format(
      'insert into metrics.sample (tenant_id, recorded_at, metric, value, labels) '
      || 'select $1, $2, $3, f.value, coalesce(f.labels, ''{}'') from %I.%I($2) as f where f.value is not null',
      v_collector.schema, v_collector.name
    ) using v_tenant_id, collect.now, v_collector.metric;
    get diagnostics v_rows = row_count;
    v_samples := v_samples + v_rows;
  end loop;
  return v_samples;
end $$;
comment on function metrics.collect(timestamptz) is
  'Samples everything that is registered for the bound tenant, or for the platform where none is bound: the counters, and every collector by one statement. All samples of a round have its instant. Answers how many.';

commit;
