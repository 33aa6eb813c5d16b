-- Verify smartattend:metrics/platform_metric on pg
begin;
set local role smartattend_owner;

select * from metrics.platform_metric where false;
select * from metrics.retention where false;

rollback;
