-- Verify smartattend:ledger/reconcile on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.captured()'::regprocedure),
  pg_get_functiondef('ledger.reconcile(text)'::regprocedure);

rollback;
