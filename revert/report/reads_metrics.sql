-- Revert smartattend:report/reads_metrics from pg
begin;
set local role smartattend_owner;

drop policy refresher_reads_every_tenant on metrics.request_hour;
revoke select on metrics.request_hour from smartattend_refresher;
revoke execute on function
  metrics.bucket(bigint), metrics.bucket_ms(integer), metrics.percentiles(integer[], bigint[], double precision[]), metrics.apdex(integer[],
  bigint[], bigint, double precision), metrics.error_class_of(text), metrics.objective_of(text)
from smartattend_refresher;
revoke select on metrics.error_class, metrics.objective from smartattend_refresher;
revoke usage on schema metrics from smartattend_refresher;

commit;
