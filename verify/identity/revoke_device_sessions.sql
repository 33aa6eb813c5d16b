-- Verify smartattend:identity/revoke_device_sessions on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.revoke_device_sessions(uuid, uuid, text)'::regprocedure);

rollback;
