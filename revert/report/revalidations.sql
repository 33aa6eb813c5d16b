-- Revert smartattend:report/revalidations from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'revalidations';
delete from report.freshness where view = 'revalidations';
drop view report.revalidations;
drop materialized view report_data.revalidations;

commit;
