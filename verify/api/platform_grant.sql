-- Verify smartattend:api/platform_grant on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.platform_grant(uuid, text, text, timestamptz, text, text, text)'::regprocedure);

rollback;
