-- Verify smartattend:api/client_report on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.client_report(uuid, jsonb, text)'::regprocedure);

rollback;
