-- Verify smartattend:api/check_in on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.check_in(uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text)'::regprocedure);

rollback;
