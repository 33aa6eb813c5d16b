-- Verify smartattend:identity/platform_anomalies on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.platform_anomalies(timestamptz)'::regprocedure);

rollback;
