-- Verify smartattend:ledger/export on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.utc(timestamptz)'::regprocedure),
  pg_get_functiondef('ledger.export_forms()'::regprocedure),
  pg_get_functiondef('ledger.export_blocks(bigint, bigint)'::regprocedure),
  pg_get_functiondef('ledger.export_trees(bigint, bigint, uuid, text, text)'::regprocedure),
  pg_get_functiondef('ledger.export_rows(bigint, uuid, text, text)'::regprocedure),
  pg_get_functiondef('ledger.prove(uuid, text, text)'::regprocedure),
  pg_get_functiondef('ledger.retire(text, text, bytea, text)'::regprocedure);

rollback;
