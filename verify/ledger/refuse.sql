-- Verify smartattend:ledger/refuse on pg
begin;

select pg_get_functiondef('ledger.refuse(text, uuid, jsonb, core.outcome)'::regprocedure);

rollback;
