-- Deploy smartattend:ops/report_health to pg
begin;
set local role smartattend_owner;

create function ops.look_at_services(now timestamptz)
returns table (service text, good boolean, evidence jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    'database', c.value < 0.9 and t.value < 900,
    jsonb_build_object('connections_used_ratio', round(c.value::numeric, 3), 'oldest_transaction_s', round(t.value::numeric))
  from metrics.connections_used(look_at_services.now) as c
  cross join metrics.oldest_transaction(look_at_services.now) as t
  union all
  select
    'maintenance', count(*) filter (where v.failures >= j.raises_after or l.late > 3 * greatest(j.every, interval '5 minutes')) = 0,
    jsonb_build_object(
      'failing', coalesce(jsonb_agg(j.job order by j.job) filter (where v.failures >= j.raises_after), '[]'),
      'late', coalesce(jsonb_agg(j.job order by j.job) filter (where l.late > 3 * greatest(j.every, interval '5 minutes')), '[]')
    )
  from ops.job as j
  inner join ops.visit as v on v.tenant_id = '00000000-0000-0000-0000-000000000000' and v.job = j.job
  cross join lateral (select case when isfinite(v.begun_at) then look_at_services.now - (v.begun_at + j.every) end as late) as l
  where j.is_enabled
  union all
  select
    'ledger', coalesce(b.sealed_at > look_at_services.now - interval '15 minutes', false),
    jsonb_build_object('block', b.number, 'sealed_at', b.sealed_at)
  from (values (1)) as one (row)
  left join ledger.last_block() as b on true
  union all
  select
    'report', count(*) filter (where f.failed_at is not null or f.as_of < look_at_services.now - f.stale_after) = 0,
    jsonb_build_object(
      'failed', coalesce(jsonb_agg(f.view order by f.view) filter (where f.failed_at is not null), '[]'),
      'stale', coalesce(jsonb_agg(f.view order by f.view) filter (where f.as_of < look_at_services.now - f.stale_after), '[]')
    )
  from report.freshness as f
$$;
comment on function ops.look_at_services(timestamptz) is
  'How the services of the platform are at this moment: connections and the oldest transaction, jobs that fail or are late, the age of the seal, reports that fail or are stale.';

create function ops.report_health(now timestamptz)
returns jsonb
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(s.service, metrics.report_health(s.service, s.good, s.evidence, report_health.now))
  from ops.look_at_services(report_health.now) as s
$$;
comment on function ops.report_health(timestamptz) is
  'The job that reports on the services of the platform (metrics.report_health) what ops.look_at_services sees. Answers {service: state}.';

create function ops.report_api_health(now timestamptz)
returns jsonb
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('api', metrics.report_health('api', not b.burns, jsonb_build_object('calls', b.calls), report_api_health.now))
  from (
    select coalesce(bool_or(s.is_burning and s.severity <= 2), false) as burns, max(s.calls) as calls
    from metrics.slo_burn(report_api_health.now) as s
    where s.long_window <= interval '6 hours'
  ) as b
  where b.calls > 0
$$;
comment on function ops.report_api_health(timestamptz) is
  'The job that reports on the service api of the bound tenant: bad while a budget of errors burns fast. Where nobody called there is nothing to report. Answers {api: state}.';

commit;
