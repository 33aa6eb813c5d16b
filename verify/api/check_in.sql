-- Verify smartattend:api/check_in on pg
begin;

select pg_get_functiondef('api.check_in(uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text)'::regprocedure);

rollback;
