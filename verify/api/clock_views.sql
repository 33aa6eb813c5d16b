-- Verify smartattend:api/clock_views on pg
begin;
set local role smartattend_owner;

select * from api.device_clock where false;

rollback;
