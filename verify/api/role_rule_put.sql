-- Verify smartattend:api/role_rule_put on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.role_rule_put(uuid, text, jsonb, text, text)'::regprocedure);

rollback;
