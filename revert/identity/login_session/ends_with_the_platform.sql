-- Revert smartattend:identity/login_session/ends_with_the_platform from pg
begin;
set local role smartattend_session;

drop trigger platform_session_900_end_support on identity.platform_session;
drop function identity.end_support();

commit;
