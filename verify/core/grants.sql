-- Verify smartattend:core/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_table_privilege('smartattend_app', 'core.error_code', 'select'), 'the application reads the registry';
  assert not has_table_privilege('smartattend_app', 'core.error_code', 'insert, update, delete'), 'the application does not write it';
  assert not has_table_privilege('smartattend_app', 'core.idempotency', 'select'), 'the application does not read keys';
  assert has_function_privilege('smartattend_ledger', 'core.payload_hash(jsonb)', 'execute'), 'the ledger hashes payloads';
  assert not has_function_privilege('smartattend_app', 'core.finish(core.outcome, uuid)', 'execute'), 'the application finishes nothing';
end $$;

rollback;
