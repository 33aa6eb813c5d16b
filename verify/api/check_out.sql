-- Verify smartattend:api/check_out on pg
begin;

select pg_get_functiondef('api.check_out(uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text)'::regprocedure);

rollback;
