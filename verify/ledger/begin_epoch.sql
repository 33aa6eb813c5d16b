-- Verify smartattend:ledger/begin_epoch on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.end_epoch(text)'::regprocedure),
  pg_get_functiondef('ledger.begin_epoch(text)'::regprocedure);

rollback;
