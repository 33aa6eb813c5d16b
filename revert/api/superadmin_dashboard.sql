-- Revert smartattend:api/superadmin_dashboard from pg
begin;
set local role smartattend_owner;

drop function api.superadmin_dashboard(text);

commit;
