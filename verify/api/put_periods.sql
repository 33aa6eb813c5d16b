-- Verify smartattend:api/put_periods on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_periods(jsonb, text)'::regprocedure);

rollback;
