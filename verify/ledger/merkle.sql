-- Verify smartattend:ledger/merkle on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.merkle_leaf(bytea)'::regprocedure),
  pg_get_functiondef('ledger.merkle_level(bytea)'::regprocedure),
  pg_get_functiondef('ledger.merkle_root(bytea)'::regprocedure),
  pg_get_functiondef('ledger.merkle_path(bytea, bigint)'::regprocedure);

rollback;
