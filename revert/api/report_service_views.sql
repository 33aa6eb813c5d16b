-- Revert smartattend:api/report_service_views from pg
begin;
set local role smartattend_owner;

drop view api.report_request_latency;
drop view api.report_service_slo;
drop view api.report_incident_sla;

commit;
