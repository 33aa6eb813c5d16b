-- Verify smartattend:api/legal_hold_place on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.legal_hold_place(uuid, uuid, text, text, text)'::regprocedure);

rollback;
