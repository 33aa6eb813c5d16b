-- Verify smartattend:api/platform_session_revoke on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.platform_session_revoke(uuid, uuid, text, text)'::regprocedure);

rollback;
