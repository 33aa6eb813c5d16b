-- Revert smartattend:report/device_clocks from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'device_clocks';
delete from report.freshness where view = 'device_clocks';
drop view report.device_clocks;
drop materialized view report_data.device_clocks;

commit;
