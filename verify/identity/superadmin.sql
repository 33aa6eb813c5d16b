-- Verify smartattend:identity/superadmin on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.bootstrap_superadmin(text)'::regprocedure);
select pg_get_functiondef('identity.login_platform(text, text, text, integer, interval)'::regprocedure);

rollback;
