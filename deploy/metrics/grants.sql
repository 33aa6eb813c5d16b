-- Deploy smartattend:metrics/grants to pg
begin;
set local role smartattend_owner;

revoke all on all tables in schema metrics from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant usage on schema metrics to smartattend_app;
grant select on
  metrics.platform_metric, metrics.sample, metrics.request_minute, metrics.request_hour, metrics.error_class, metrics.objective,
  metrics.burn_rule, metrics.service, metrics.service_health
to smartattend_app;
grant execute on function
  metrics.bucket(bigint), metrics.bucket_ms(integer), metrics.percentiles(integer[], bigint[], double precision[]),
  metrics.apdex(integer[], bigint[], bigint, double precision), metrics.wilson_lower(bigint, bigint, double precision),
  metrics.error_class_of(text), metrics.objective_of(text), metrics.request_performance(timestamptz, timestamptz),
  metrics.error_rate(timestamptz, timestamptz), metrics.slo_burn(timestamptz),
  metrics.request_total(timestamptz)
to smartattend_app;

commit;
