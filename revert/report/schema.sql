-- Revert smartattend:report/schema from pg
begin;
set local role smartattend_refresher;

drop schema report_data;
drop schema report;

commit;
