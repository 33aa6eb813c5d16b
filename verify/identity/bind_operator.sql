-- Verify smartattend:identity/bind_operator on pg
begin;

select pg_get_functiondef('identity.bind_operator(text)'::regprocedure);

rollback;
