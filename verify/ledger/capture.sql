-- Verify smartattend:ledger/capture on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.payload_hash(uuid, jsonb)'::regprocedure),
  pg_get_functiondef('ledger.part(jsonb, text[])'::regprocedure),
  pg_get_functiondef('ledger.keep_changes(text, text, jsonb[], text[])'::regprocedure),
  pg_get_functiondef('ledger.capture()'::regprocedure),
  pg_get_functiondef('ledger.capture_present(text, text[], jsonb[])'::regprocedure),
  pg_get_functiondef('ledger.add_capture(regclass, text[])'::regprocedure),
  pg_get_functiondef('ledger.remove_capture(regclass)'::regprocedure);

rollback;
