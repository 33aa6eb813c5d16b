-- Verify smartattend:api/tenant_transition on pg
begin;

select pg_get_functiondef('api.tenant_transition(uuid, uuid, text, text, text)'::regprocedure);

rollback;
