-- Verify smartattend:api/role_request on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_request(uuid, text, uuid, uuid, timestamptz, timestamptz, text, text, text)'::regprocedure);

rollback;
