-- Revert smartattend:report/incident_sla from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'incident_sla';
delete from report.freshness where view = 'incident_sla';
drop view report.incident_sla;
drop materialized view report_data.incident_sla;

commit;
