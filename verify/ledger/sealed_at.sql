-- Verify smartattend:ledger/sealed_at on pg
begin;
set local role smartattend_ledger;

select pg_get_functiondef('ledger.sealed_at()'::regprocedure);

rollback;
