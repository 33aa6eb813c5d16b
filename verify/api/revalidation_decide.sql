-- Verify smartattend:api/revalidation_decide on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.revalidation_decide(uuid, uuid, text, text, timestamptz, text)'::regprocedure);

rollback;
