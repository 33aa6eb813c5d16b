-- Deploy smartattend:metrics/platform_metric to pg
begin;
set local role smartattend_owner;

create table metrics.platform_metric (
  metric text not null,
  unit text not null,
  kind text not null,
  meaning text not null,
  constraint platform_metric_pkey primary key (metric),
  constraint name_is_snake_case check (metric ~ '^[a-z][a-z_]+$'),
  constraint kind_is_counter_gauge_or_histogram check (kind in ('counter', 'gauge', 'histogram')),
  constraint unit_is_known check (unit in ('count', 'seconds', 'milliseconds', 'ratio'))
);
comment on table metrics.platform_metric is
  'The catalogue: what is measured, in which unit, and how a sample reads. A counter only grows, a gauge says how things are, a histogram is sampled by its percentiles.';

insert into metrics.platform_metric (metric, unit, kind, meaning) values
  ('attendance_success', 'count', 'counter', 'claims that were stored: check-ins, check-outs, marks, imports'),
  ('attendance_failure', 'count', 'counter', 'claims that were refused'),
  ('verification_match', 'count', 'counter', 'records that were accepted: verified or cleared'),
  ('verification_mismatch', 'count', 'counter', 'records that were held, or whose flags were upheld'),
  ('clock_drift', 'seconds', 'gauge', 'the greatest possible error of a device''s clock: offset and its error'),
  ('request_latency', 'milliseconds', 'histogram', 'how long calls took; label fraction of the calls, or function of what no row says'),
  ('request_error', 'ratio', 'gauge', 'calls of the last hour that failed; label class'),
  ('checkin_replay', 'count', 'counter', 'punches that said what was known: repeats, and retries that clients report'),
  ('late_evidence', 'count', 'counter', 'punches that arrived after the automatic absence'),
  ('flag_open', 'count', 'gauge', 'integrity flags that nobody has decided; label severity'),
  ('correction_open', 'count', 'gauge', 'correction requests that wait for a decision'),
  ('incident_open', 'count', 'gauge', 'incidents that are neither closed nor dismissed'),
  ('incident_sla_breach', 'count', 'counter', 'times of incidents that were missed'),
  ('escalation_event', 'count', 'gauge', 'escalation events that nobody has decided'),
  ('revalidation_overdue', 'count', 'gauge', 'grants whose revalidation is overdue'),
  ('active_tenants', 'count', 'gauge', 'tenants in state active'),
  ('job_lag', 'seconds', 'gauge', 'how long a job has been due; label job'),
  ('seal_age', 'seconds', 'gauge', 'since the last block of the ledger'),
  ('report_staleness', 'seconds', 'gauge', 'since a report was refreshed; label report'),
  ('connections_used_ratio', 'ratio', 'gauge', 'connections of all that the server takes'),
  ('oldest_transaction', 'seconds', 'gauge', 'how long the oldest transaction has been seen to run'),
  ('dead_tuple_ratio', 'ratio', 'gauge', 'dead rows of the worst table; label relation');

create table metrics.retention (
  relation text not null,
  keep interval not null,
  constraint retention_pkey primary key (relation),
  constraint relation_ages check (relation in ('metrics.sample', 'metrics.request_minute', 'metrics.request_hour')),
  constraint it_is_kept_for_a_week_to_ten_years check (keep >= '7 days' and keep <= '3660 days')
);
comment on table metrics.retention is 'How long samples and rollups are kept. What burn rates look at is three days old at most.';
insert into metrics.retention (relation, keep) values
  ('metrics.sample', '90 days'),
  ('metrics.request_minute', '8 days'),
  ('metrics.request_hour', '400 days');

commit;
