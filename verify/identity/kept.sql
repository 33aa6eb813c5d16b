-- Verify smartattend:identity/kept on pg
begin;
set local role smartattend_session;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity."user"'::regclass and tgname = 'user_100_kept') = 'A', 'user_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity."user"'::regclass and tgname = 'user_100_no_truncate') = 'A', 'user_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.membership'::regclass and tgname = 'membership_100_kept') = 'A', 'membership_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.membership'::regclass and tgname = 'membership_100_no_truncate') = 'A', 'membership_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.role_grant'::regclass and tgname = 'role_grant_100_kept') = 'A', 'role_grant_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.role_grant'::regclass and tgname = 'role_grant_100_no_truncate') = 'A', 'role_grant_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.platform_grant'::regclass and tgname = 'platform_grant_100_kept') = 'A', 'platform_grant_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.platform_grant'::regclass and tgname = 'platform_grant_100_no_truncate') = 'A', 'platform_grant_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.login_session'::regclass and tgname = 'login_session_100_kept') = 'A', 'login_session_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.login_session'::regclass and tgname = 'login_session_100_no_truncate') = 'A', 'login_session_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.platform_session'::regclass and tgname = 'platform_session_100_kept') = 'A', 'platform_session_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.platform_session'::regclass and tgname = 'platform_session_100_no_truncate') = 'A', 'platform_session_100_no_truncate';
end $$;

rollback;
