-- Verify smartattend:identity/ensure_users on pg
begin;

select pg_get_functiondef('identity.ensure_users(text[])'::regprocedure);

rollback;
