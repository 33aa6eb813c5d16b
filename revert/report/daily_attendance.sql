-- Revert smartattend:report/daily_attendance from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'daily_attendance';
delete from report.freshness where view = 'daily_attendance';
drop view report.daily_attendance;
drop materialized view report_data.daily_attendance;

commit;
