-- Revert smartattend:api/notification_views from pg
begin;
set local role smartattend_owner;

drop view api.notification;
drop view api.subscription;

commit;
