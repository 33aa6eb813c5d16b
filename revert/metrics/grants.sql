-- Revert smartattend:metrics/grants from pg
begin;
set local role smartattend_owner;

revoke execute on function
  metrics.bucket(bigint), metrics.bucket_ms(integer), metrics.percentiles(integer[], bigint[], double precision[]),
  metrics.apdex(integer[], bigint[], bigint, double precision), metrics.wilson_lower(bigint, bigint, double precision),
  metrics.error_class_of(text), metrics.objective_of(text), metrics.request_performance(timestamptz, timestamptz),
  metrics.error_rate(timestamptz, timestamptz), metrics.slo_burn(timestamptz)
from smartattend_app;
revoke select on
  metrics.platform_metric, metrics.sample, metrics.request_minute, metrics.request_hour, metrics.error_class, metrics.objective,
  metrics.burn_rule, metrics.service, metrics.service_health
from smartattend_app;
revoke usage on schema metrics from smartattend_app;

commit;
