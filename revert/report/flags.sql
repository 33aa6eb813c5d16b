-- Revert smartattend:report/flags from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'flags';
delete from report.freshness where view = 'flags';
drop view report.flags;
drop materialized view report_data.flags;

commit;
