-- Verify smartattend:ledger/refuse on pg
begin;
set local role smartattend_ledger;

select pg_get_functiondef('ledger.refuse(text, uuid, jsonb, core.outcome)'::regprocedure);
select pg_get_functiondef('ledger.claim(text, uuid, jsonb)'::regprocedure);

rollback;
