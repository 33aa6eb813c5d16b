-- Verify smartattend:identity/bind_operator on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.bind_operator(text, boolean)'::regprocedure);

rollback;
