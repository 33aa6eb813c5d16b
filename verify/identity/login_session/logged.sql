-- Verify smartattend:identity/login_session/logged on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.log_session()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.login_session'::regclass and tgname = 'login_session_900_log_begin') = 'A', 'login_session_900_log_begin';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.login_session'::regclass and tgname = 'login_session_900_log_end') = 'A', 'login_session_900_log_end';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.platform_session'::regclass and tgname = 'platform_session_900_log_begin') = 'A', 'platform_session_900_log_begin';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.platform_session'::regclass and tgname = 'platform_session_900_log_end') = 'A', 'platform_session_900_log_end';
end $$;

rollback;
