-- Revert smartattend:identity/platform_sessions from pg
begin;
set local role smartattend_session;

drop function identity.live_platform_sessions();
drop function identity.revoke_platform_session(uuid, text);

commit;
