-- Verify smartattend:identity/find_session on pg
begin;

select pg_get_functiondef('identity.find_session(text)'::regprocedure);
select pg_get_functiondef('identity.is_live(timestamptz, interval, timestamptz, timestamptz, timestamptz)'::regprocedure);

rollback;
