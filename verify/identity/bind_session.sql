-- Verify smartattend:identity/bind_session on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.bind_session(text)'::regprocedure);

rollback;
