-- Verify smartattend:identity/grant_platform_role on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.lock_platform_roles(text)'::regprocedure);
select pg_get_functiondef('identity.grant_platform_role(text, text, timestamptz, text, text, jsonb)'::regprocedure);
select pg_get_functiondef('identity.revoke_platform_role(text, text, text)'::regprocedure);

rollback;
