-- Deploy smartattend:api/report_service_views to pg
begin;
set local role smartattend_owner;

-- Each is what its barrier view in report lets through: the rows of the verified tenant, in the scope of a permission.
create view api.report_incident_sla with (security_invoker = true) as
select
  v.month, v.severity, v.episodes, v.open, v.dismissed, v.mtta, v.mttm, v.mttr, v.acknowledge_met, v.acknowledge_missed, v.mitigate_met,
  v.mitigate_missed, v.resolve_met, v.resolve_missed, v.as_of
from report.incident_sla as v;
comment on view api.report_incident_sla is
  'Episodes of incidents by the month in which they began and by severity, with incident.read: mtta, mttm and mttr are the mean times to acknowledge, mitigate and resolve, less pauses, of those that were (what was resolved without being mitigated was mitigated then); and how many promises of the service level were kept and broken, by clock. as_of: what was committed before is in it.';

create view api.report_service_slo with (security_invoker = true) as
select
  v.objective, v.day, v.target, v.calls, v.errors, v.availability, v.budget_used, v.as_of
from report.service_slo as v;
comment on view api.report_service_slo is
  'How the service kept its objectives, by day of the tenant''s zone, of the last 90 days, with metrics.read: errors are those that burn (no caller''s errors, no refusals by policy), availability is the part of the calls without one, and budget_used is 1 when the day used exactly what the target leaves. Sum calls and errors over days, never the rates. as_of: what was committed before is in it.';

create view api.report_request_latency with (security_invoker = true) as
select
  v.hour, v.endpoint, v.outcome, v.calls, v.p50_ms, v.p90_ms, v.p95_ms, v.p99_ms, v.p999_ms, v.apdex, v.as_of
from report.request_latency as v;
comment on view api.report_request_latency is
  'How long the calls of the tenant took, by hour, endpoint and outcome, of the last 14 days, with metrics.read: percentiles from mergeable buckets (wrong by 9.05 % at most, and never averaged), and Apdex. as_of: what was committed before is in it.';

revoke all on
  api.report_incident_sla, api.report_service_slo, api.report_request_latency
from public;
grant select on
  api.report_incident_sla, api.report_service_slo, api.report_request_latency
to smartattend_app;

commit;
