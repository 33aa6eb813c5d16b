-- Verify smartattend:api/role_approvers on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_approvers(uuid, text)'::regprocedure);

rollback;
