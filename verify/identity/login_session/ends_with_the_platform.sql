-- Verify smartattend:identity/login_session/ends_with_the_platform on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.end_support()'::regprocedure);

rollback;
