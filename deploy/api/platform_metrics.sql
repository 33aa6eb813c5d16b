-- Deploy smartattend:api/platform_metrics to pg
begin;
set local role smartattend_owner;

create function api.platform_metrics(token text default null)
returns table (section text, name text, value double precision, as_of timestamptz, detail jsonb)
language plpgsql
volatile
security definer
rows 200
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_metrics.token, 'tenant.audit');
  v_now timestamptz := core.clock();
begin
  -- No tenant is bound: what is read is the platform's own.
  return query
  select 'metric'::text, m.metric, s.value, s.recorded_at, jsonb_build_object('unit', m.unit, 'kind', m.kind) || s.labels
  from metrics.platform_metric as m
  cross join lateral (
    select x.value, x.labels, x.recorded_at
    from metrics.sample as x
    where x.metric = m.metric and x.recorded_at = (select max(y.recorded_at) from metrics.sample as y where y.metric = m.metric)
  ) as s
  union all
  select
    'service', s.service, null, h.reported_at,
    jsonb_build_object(
      'state',
      case
        when h.state is null or (h.state <> 'maintenance' and h.reported_at < v_now - 3 * s.report_every) then 'unknown' else h.state
      end,
      'is_flapping', coalesce(h.held_until > v_now, false), 'evidence', h.evidence
    )
  from metrics.service as s
  left join metrics.service_health as h on h.service = s.service
  union all
  select 'slo_burn', format('%s x%s', b.objective, b.factor), b.long_burn, v_now, to_jsonb(b)
  from metrics.slo_burn(v_now) as b
  union all
  select 'request', format('%s %s', p.endpoint, p.outcome), p.p99_ms, p.hour, to_jsonb(p)
  from metrics.request_performance(v_now - interval '1 day', 'infinity') as p
  union all
  select 'request_total', format('%s %s', t.endpoint, t.outcome), t.count, v_now, to_jsonb(t)
  from metrics.request_total(v_now) as t
  union all
  select 'catalogue', m.metric, null, null, jsonb_build_object('unit', m.unit, 'kind', m.kind, 'meaning', m.meaning)
  from metrics.platform_metric as m;
end $$;
comment on function api.platform_metrics(text) is
  'The platform''s own metrics, one row each: the newest samples, the health of every service, the burn of budgets, the commands of the platform by hour (value: p99 in milliseconds) and since the month began by bucket (request_total), and the catalogue. Nothing of a tenant''s. Platform session with tenant.audit. Errors SA001–SA006, SA104.';
grant execute on function api.platform_metrics(text) to smartattend_app, smartattend_operator;

commit;
