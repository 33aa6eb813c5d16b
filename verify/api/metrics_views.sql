-- Verify smartattend:api/metrics_views on pg
begin;
set local role smartattend_owner;

select * from api.request_performance where false;
select * from api.error_rate where false;
select * from api.slo_burn where false;
select * from api.service_health where false;
select * from api.metric_latest where false;
select * from api.request_total where false;

rollback;
