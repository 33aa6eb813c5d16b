-- Verify smartattend:api/clock_probe on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.clock_probe(uuid, uuid, text)'::regprocedure);

rollback;
