-- Verify smartattend:identity/platform_figures on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.platform_figures()'::regprocedure);

rollback;
