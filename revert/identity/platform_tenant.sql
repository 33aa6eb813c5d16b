-- Revert smartattend:identity/platform_tenant from pg
begin;
set local role smartattend_session;

drop function identity.platform_tenant(text);

commit;
