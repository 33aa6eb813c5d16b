-- Verify smartattend:api/role_revoke on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_revoke(uuid, uuid, text, text)'::regprocedure);

rollback;
