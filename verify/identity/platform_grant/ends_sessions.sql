-- Verify smartattend:identity/platform_grant/ends_sessions on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.end_sessions_of_the_platform()'::regprocedure);

rollback;
