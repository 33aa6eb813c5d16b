-- Revert smartattend:report/subject_term from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'subject_term';
delete from report.freshness where view = 'subject_term';
drop view report.subject_term;
drop materialized view report_data.subject_term;

commit;
