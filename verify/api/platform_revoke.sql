-- Verify smartattend:api/platform_revoke on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.platform_revoke(uuid, text, text, text, text)'::regprocedure);

rollback;
