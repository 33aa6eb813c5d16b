-- Verify smartattend:api/period_views on pg
begin;
set local role smartattend_owner;

select * from api.period where false;
select * from api.period_total where false;
select * from api.period_adjustment where false;

rollback;
