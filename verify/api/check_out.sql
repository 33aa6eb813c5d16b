-- Verify smartattend:api/check_out on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.check_out(uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text)'::regprocedure);

rollback;
