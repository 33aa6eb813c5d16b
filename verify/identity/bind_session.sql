-- Verify smartattend:identity/bind_session on pg
begin;

select pg_get_functiondef('identity.bind_session(text)'::regprocedure);

rollback;
