-- Verify smartattend:api/impersonate on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.impersonate(uuid, uuid, text, text, integer, text, text)'::regprocedure);

rollback;
