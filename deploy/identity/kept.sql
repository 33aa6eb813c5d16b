-- Deploy smartattend:identity/kept to pg
begin;
set local role smartattend_owner;

create trigger user_100_kept
before delete on identity."user"
for each row execute function core.refuse_change('kept');
create trigger user_100_no_truncate
before truncate on identity."user"
for each statement execute function core.refuse_change('kept');
create trigger membership_100_kept
before delete on identity.membership
for each row execute function core.refuse_change('kept');
create trigger membership_100_no_truncate
before truncate on identity.membership
for each statement execute function core.refuse_change('kept');
create trigger role_grant_100_kept
before delete on identity.role_grant
for each row execute function core.refuse_change('kept');
create trigger role_grant_100_no_truncate
before truncate on identity.role_grant
for each statement execute function core.refuse_change('kept');
create trigger platform_grant_100_kept
before delete on identity.platform_grant
for each row execute function core.refuse_change('kept');
create trigger platform_grant_100_no_truncate
before truncate on identity.platform_grant
for each statement execute function core.refuse_change('kept');
alter table identity."user" enable always trigger user_100_kept;
alter table identity."user" enable always trigger user_100_no_truncate;
alter table identity.membership enable always trigger membership_100_kept;
alter table identity.membership enable always trigger membership_100_no_truncate;
alter table identity.role_grant enable always trigger role_grant_100_kept;
alter table identity.role_grant enable always trigger role_grant_100_no_truncate;
alter table identity.platform_grant enable always trigger platform_grant_100_kept;
alter table identity.platform_grant enable always trigger platform_grant_100_no_truncate;

set local role smartattend_session;
create trigger login_session_100_kept
before delete on identity.login_session
for each row execute function core.refuse_change('kept');
create trigger login_session_100_no_truncate
before truncate on identity.login_session
for each statement execute function core.refuse_change('kept');
create trigger platform_session_100_kept
before delete on identity.platform_session
for each row execute function core.refuse_change('kept');
create trigger platform_session_100_no_truncate
before truncate on identity.platform_session
for each statement execute function core.refuse_change('kept');
alter table identity.login_session enable always trigger login_session_100_kept;
alter table identity.login_session enable always trigger login_session_100_no_truncate;
alter table identity.platform_session enable always trigger platform_session_100_kept;
alter table identity.platform_session enable always trigger platform_session_100_no_truncate;

commit;
