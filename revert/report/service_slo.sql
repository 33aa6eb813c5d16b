-- Revert smartattend:report/service_slo from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'service_slo';
delete from report.freshness where view = 'service_slo';
drop view report.service_slo;
drop materialized view report_data.service_slo;

commit;
