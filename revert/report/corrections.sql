-- Revert smartattend:report/corrections from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'corrections';
delete from report.freshness where view = 'corrections';
drop view report.corrections;
drop materialized view report_data.corrections;

commit;
