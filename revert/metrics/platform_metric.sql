-- Revert smartattend:metrics/platform_metric from pg
begin;
set local role smartattend_owner;

drop table metrics.retention;
drop table metrics.platform_metric;

commit;
