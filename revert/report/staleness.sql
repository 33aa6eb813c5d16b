-- Revert smartattend:report/staleness from pg
begin;
set local role smartattend_owner;

delete from metrics.collector where function = 'report.staleness';
reset role;
set local role smartattend_refresher;
drop function report.staleness(timestamptz);

commit;
