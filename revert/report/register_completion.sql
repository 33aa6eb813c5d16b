-- Revert smartattend:report/register_completion from pg
begin;
set local role smartattend_refresher;

delete from report.refreshed where view = 'register_completion';
delete from report.freshness where view = 'register_completion';
drop view report.register_completion;
drop materialized view report_data.register_completion;

commit;
