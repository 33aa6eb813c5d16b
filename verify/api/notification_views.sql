-- Verify smartattend:api/notification_views on pg
begin;
set local role smartattend_owner;

select * from api.subscription where false;
select * from api.notification where false;

rollback;
