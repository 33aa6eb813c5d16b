-- Verify smartattend:guard/grants on pg
begin;

do $$
declare
  v_role text;
begin
  assert has_function_privilege('smartattend_ledger', 'guard.fingerprint()', 'execute'), 'the ledger seals the fingerprint';
  assert has_function_privilege('smartattend_ledger', 'guard.observe()', 'execute'), 'each seal observes';
  assert has_function_privilege('smartattend_deployer', 'guard.begin_change(text)', 'execute'), 'the deployer announces';
  assert has_function_privilege('smartattend_session', 'guard.log(text, text, jsonb)', 'execute'), 'sessions are logged';
  assert has_table_privilege('smartattend_auditor', 'guard.baseline', 'select'), 'the auditor compares';
  assert not has_table_privilege('smartattend_auditor', 'guard.system_log', 'select'), 'the auditor reads no sessions of every tenant';
  foreach v_role in array array['smartattend_owner', 'smartattend_session', 'smartattend_app', 'smartattend_auditor', 'smartattend_operator'] loop
    assert not has_function_privilege(v_role, 'guard.begin_change(text)', 'execute'), v_role || ' announces nothing';
  end loop;
  foreach v_role in array array['smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_deployer'] loop
    assert not has_function_privilege(v_role, 'guard.accept(text)', 'execute'), v_role || ' accepts nothing';
    assert not has_table_privilege(v_role, 'guard.baseline', 'insert, update, delete, truncate'), v_role || ' does not write the baseline';
    assert not has_table_privilege(v_role, 'guard.change', 'insert, update, delete, truncate'), v_role || ' does not write the marks';
    assert not has_table_privilege(v_role, 'guard.system_log', 'insert, update, delete, truncate'), v_role || ' does not write the log';
  end loop;
end $$;

rollback;
