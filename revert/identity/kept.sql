-- Revert smartattend:identity/kept from pg
begin;
set local role smartattend_session;

drop trigger platform_session_100_no_truncate on identity.platform_session;
drop trigger platform_session_100_kept on identity.platform_session;
drop trigger login_session_100_no_truncate on identity.login_session;
drop trigger login_session_100_kept on identity.login_session;

set local role smartattend_owner;
drop trigger platform_grant_100_no_truncate on identity.platform_grant;
drop trigger platform_grant_100_kept on identity.platform_grant;
drop trigger role_grant_100_no_truncate on identity.role_grant;
drop trigger role_grant_100_kept on identity.role_grant;
drop trigger membership_100_no_truncate on identity.membership;
drop trigger membership_100_kept on identity.membership;
drop trigger user_100_no_truncate on identity."user";
drop trigger user_100_kept on identity."user";

commit;
