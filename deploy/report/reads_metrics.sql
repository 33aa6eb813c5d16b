-- Deploy smartattend:report/reads_metrics to pg
begin;
set local role smartattend_owner;

grant usage on schema metrics to smartattend_refresher;
grant select on metrics.error_class, metrics.objective to smartattend_refresher;
grant execute on function
  metrics.bucket(bigint), metrics.bucket_ms(integer), metrics.percentiles(integer[], bigint[], double precision[]), metrics.apdex(integer[],
  bigint[], bigint, double precision), metrics.error_class_of(text), metrics.objective_of(text)
to smartattend_refresher;
grant select on metrics.request_hour to smartattend_refresher;
create policy refresher_reads_every_tenant on metrics.request_hour for select to smartattend_refresher using (true);

commit;
