-- Revert smartattend:identity/active_tenants from pg
begin;
set local role smartattend_session;

drop function identity.active_tenants();

commit;
