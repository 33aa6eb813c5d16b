-- Revert smartattend:api/metrics_views from pg
begin;
set local role smartattend_owner;

drop view api.request_total;
drop view api.metric_latest;
drop view api.service_health;
drop view api.slo_burn;
drop view api.error_rate;
drop view api.request_performance;

commit;
