-- Revert smartattend:identity/platform_grant/ends_sessions from pg
begin;
set local role smartattend_owner;

drop trigger platform_grant_900_end_sessions on identity.platform_grant;
set local role smartattend_session;
drop function identity.end_sessions_of_the_platform();

commit;
