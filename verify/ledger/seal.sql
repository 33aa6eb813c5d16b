-- Verify smartattend:ledger/seal on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.entry_leaf(ledger.tree)'::regprocedure),
  pg_get_functiondef('ledger.entries(bigint)'::regprocedure),
  pg_get_functiondef('ledger.block_hash(ledger.block)'::regprocedure),
  pg_get_functiondef('ledger.renew_forms(bigint)'::regprocedure),
  pg_get_functiondef('ledger.cut(integer, xid8, xid8, bigint)'::regprocedure),
  pg_get_functiondef('ledger.make_block(integer, xid8, xid8, text[], bytea)'::regprocedure),
  pg_get_functiondef('ledger.seal(integer, bigint)'::regprocedure);

rollback;
