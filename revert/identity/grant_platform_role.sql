-- Revert smartattend:identity/grant_platform_role from pg
begin;
set local role smartattend_session;

drop function identity.revoke_platform_role(text, text, text);
drop function identity.grant_platform_role(text, text, timestamptz, text, text, jsonb);
drop function identity.lock_platform_roles(text);

commit;
