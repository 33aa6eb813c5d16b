-- Verify smartattend:identity/last_seen on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.was_seen(uuid, timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('identity.is_session_of(uuid, uuid, timestamptz)'::regprocedure);

rollback;
