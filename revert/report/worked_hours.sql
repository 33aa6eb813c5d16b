-- Revert smartattend:report/worked_hours from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'worked_hours';
delete from report.freshness where view = 'worked_hours';
drop view report.worked_hours;
drop materialized view report_data.worked_hours;

commit;
