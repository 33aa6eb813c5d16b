-- Revert smartattend:report/tenant_health from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'tenant_health';
delete from report.freshness where view = 'tenant_health';
drop view report.tenant_health;
drop materialized view report_data.tenant_health;

commit;
