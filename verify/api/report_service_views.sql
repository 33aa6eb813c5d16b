-- Verify smartattend:api/report_service_views on pg
begin;
set local role smartattend_owner;

select * from api.report_incident_sla where false;
select * from api.report_service_slo where false;
select * from api.report_request_latency where false;

rollback;
