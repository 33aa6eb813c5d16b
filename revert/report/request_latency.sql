-- Revert smartattend:report/request_latency from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'request_latency';
delete from report.freshness where view = 'request_latency';
drop view report.request_latency;
drop materialized view report_data.request_latency;

commit;
