-- Verify smartattend:api/correction_submit on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.correction_submit(uuid, uuid, text, text, text, timestamptz, timestamptz, text[], boolean, integer, text)'::regprocedure);

rollback;
