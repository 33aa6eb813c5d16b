-- Revert smartattend:report/platform_health from pg
begin;
set local role smartattend_refresher;

drop function report.platform_health();

commit;
