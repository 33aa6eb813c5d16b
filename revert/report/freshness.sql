-- Revert smartattend:report/freshness from pg
begin;
set local role smartattend_refresher;

drop table report.refreshed;
drop table report.freshness;

commit;
