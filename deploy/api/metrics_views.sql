-- Deploy smartattend:api/metrics_views to pg
begin;
set local role smartattend_owner;

create view api.request_performance with (security_invoker = true) as
select p.endpoint, p.outcome, p.hour, p.calls, p.p50_ms, p.p90_ms, p.p95_ms, p.p99_ms, p.p999_ms, p.apdex
from metrics.request_performance(core.clock() - interval '7 days', 'infinity') as p;
comment on view api.request_performance is
  'How long the tenant''s calls took in the last seven days, by endpoint, outcome and hour: percentiles in milliseconds (relative error 9.05 % at most) and Apdex. With metrics.read.';

create view api.error_rate with (security_invoker = true) as
select e.endpoint, e.hour, e.class, e.calls, e.errors, e.rate, e.at_least, e.is_alarming
from metrics.error_rate(core.clock() - interval '7 days', 'infinity') as e;
comment on view api.error_rate is
  'Errors of the last seven days by endpoint, hour and class; at_least is what the rate certainly is (Wilson''s lower bound, 95 %). With metrics.read.';

create view api.slo_burn with (security_invoker = true) as
select b.objective, b.factor, b.long_window, b.short_window, b.severity, b.calls, b.errors, b.long_burn, b.short_burn, b.is_burning
from metrics.slo_burn(core.clock()) as b;
comment on view api.slo_burn is 'How fast the error budgets burn now: 1 is as fast as they may. With metrics.read.';

create view api.service_health with (security_invoker = true) as
select
  h.service, s.meaning,
  case when h.state not in ('unknown', 'maintenance') and h.reported_at < core.clock() - 3 * s.report_every then 'unknown' else h.state end as state,
  h.held_until > core.clock() as is_flapping, h.state_reason, h.reported_at, h.evidence
from metrics.service_health as h
inner join metrics.service as s on s.service = h.service;
comment on view api.service_health is 'The health of services for the tenant; unknown as soon as three reports are missing. With metrics.read.';

create view api.metric_latest with (security_invoker = true) as
select m.metric, m.kind, m.unit, m.meaning, s.value, s.labels, s.recorded_at
from metrics.platform_metric as m
cross join lateral (
  select x.value, x.labels, x.recorded_at
  from metrics.sample as x
  where x.metric = m.metric and x.recorded_at = (select max(y.recorded_at) from metrics.sample as y where y.metric = m.metric)
) as s;
comment on view api.metric_latest is 'The tenant''s newest samples: of each metric those of its last round. With metrics.read.';

create view api.request_total with (security_invoker = true) as
select t.endpoint, t.outcome, t.code, t.bucket, t.upto_ms, t.count, t.since
from metrics.request_total(core.clock()) as t;
comment on view api.request_total is
  'The tenant''s calls since the month began (of UTC) by endpoint, outcome, code and bucket of their duration, with its upper bound in milliseconds: for monitors, as counters that begin again each month. With metrics.read.';

revoke all on api.request_performance, api.error_rate, api.slo_burn, api.service_health, api.metric_latest, api.request_total from public;
grant select on api.request_performance, api.error_rate, api.slo_burn, api.service_health, api.metric_latest, api.request_total to smartattend_app;

commit;
