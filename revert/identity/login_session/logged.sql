-- Revert smartattend:identity/login_session/logged from pg
begin;
set local role smartattend_session;

drop trigger platform_session_900_log_end on identity.platform_session;
drop trigger platform_session_900_log_begin on identity.platform_session;
drop trigger login_session_900_log_end on identity.login_session;
drop trigger login_session_900_log_begin on identity.login_session;
drop function identity.log_session();

commit;
