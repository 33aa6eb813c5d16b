-- Verify smartattend:identity/open_support on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.open_support(text, uuid, uuid, uuid, text, text, interval)'::regprocedure);

rollback;
