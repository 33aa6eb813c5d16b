-- Revert smartattend:api/support_views from pg
begin;
set local role smartattend_owner;

drop view api.support_access;

commit;
