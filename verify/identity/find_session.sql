-- Verify smartattend:identity/find_session on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.token_tenant(text)'::regprocedure);
select pg_get_functiondef('identity.is_live(timestamptz, interval, timestamptz, timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('identity.find_session(uuid, bytea, timestamptz)'::regprocedure);
select pg_get_functiondef('identity.is_behind(uuid, uuid, timestamptz)'::regprocedure);

rollback;
