-- Verify smartattend:identity/issue_token on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.new_secret()'::regprocedure);
select pg_get_functiondef('identity.login(text, text, interval, interval, text)'::regprocedure);
select pg_get_functiondef('identity.open_device_session(uuid, uuid, uuid, interval, text)'::regprocedure);
select pg_get_functiondef('identity.revoke_token(text, text)'::regprocedure);

rollback;
