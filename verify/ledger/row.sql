-- Verify smartattend:ledger/row on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.frame(bytea)'::regprocedure),
  pg_get_functiondef('ledger.value_bytes(text, text)'::regprocedure),
  pg_get_functiondef('ledger.value_text(text, text)'::regprocedure),
  pg_get_functiondef('ledger.row_bytes(text, jsonb)'::regprocedure),
  pg_get_functiondef('ledger.row_key(text[], jsonb)'::regprocedure),
  pg_get_functiondef('ledger.rows_query(text, jsonb, text[])'::regprocedure),
  pg_get_functiondef('ledger.trees_query(text, integer, text)'::regprocedure);

rollback;
