-- Verify smartattend:identity/become_platform_system on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.become_platform_system()'::regprocedure);

rollback;
