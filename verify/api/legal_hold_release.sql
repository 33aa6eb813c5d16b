-- Verify smartattend:api/legal_hold_release on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.legal_hold_release(uuid, uuid, uuid, text, text)'::regprocedure);

rollback;
