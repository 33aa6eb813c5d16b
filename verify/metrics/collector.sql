-- Verify smartattend:metrics/collector on pg
begin;
set local role smartattend_owner;

select * from metrics.collector where false;

rollback;
