-- Verify smartattend:api/clock_expire on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.clock_expire(uuid, text)'::regprocedure);

rollback;
