-- Revert smartattend:report/refresh from pg
begin;
set local role smartattend_refresher;

drop function report.refresh(text);
drop function report.due();
drop function report.is_due(report.freshness, timestamptz);

commit;
