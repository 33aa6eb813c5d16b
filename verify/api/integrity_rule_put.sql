-- Verify smartattend:api/integrity_rule_put on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.integrity_rule_put(uuid, text, text, boolean, jsonb, text)'::regprocedure);

rollback;
