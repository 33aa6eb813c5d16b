-- Verify smartattend:api/clock_report on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.clock_report(uuid, uuid, timestamptz, timestamptz, uuid, bigint, bigint, bigint, integer, timestamptz, uuid, bigint, bigint, text)'::regprocedure);

rollback;
