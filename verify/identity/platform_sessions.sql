-- Verify smartattend:identity/platform_sessions on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.revoke_platform_session(uuid, text)'::regprocedure);
select pg_get_functiondef('identity.live_platform_sessions()'::regprocedure);

rollback;
