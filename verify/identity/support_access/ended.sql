-- Verify smartattend:identity/support_access/ended on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.keep_support_end()'::regprocedure);

rollback;
