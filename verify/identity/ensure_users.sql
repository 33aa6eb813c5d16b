-- Verify smartattend:identity/ensure_users on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.ensure_users(text[])'::regprocedure);

rollback;
