-- Verify smartattend:api/tenant_transition on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.tenant_transition(uuid, uuid, text, text, text, text)'::regprocedure);

rollback;
