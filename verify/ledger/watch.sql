-- Verify smartattend:ledger/watch on pg
begin;
set local role smartattend_ledger;

select pg_get_functiondef('ledger.watch()'::regprocedure);

rollback;
