-- Verify smartattend:identity/superadmin on pg
begin;

select pg_get_functiondef('identity.bootstrap_superadmin(text)'::regprocedure);
select pg_get_functiondef('identity.login_platform(text, text, text, integer, interval)'::regprocedure);

rollback;
