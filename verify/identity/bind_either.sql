-- Verify smartattend:identity/bind_either on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('identity.bind_either(text, text)'::regprocedure);

rollback;
