-- Revert smartattend:metrics/collector from pg
begin;
set local role smartattend_owner;

drop table metrics.collector;

commit;
