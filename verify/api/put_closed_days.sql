-- Verify smartattend:api/put_closed_days on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_closed_days(jsonb, text)'::regprocedure);

rollback;
