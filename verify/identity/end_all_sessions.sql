-- Verify smartattend:identity/end_all_sessions on pg
begin;

do $$
begin
  assert has_function_privilege('smartattend_deployer', 'identity.end_all_sessions(text)', 'execute');
  assert not has_function_privilege('smartattend_app', 'identity.end_all_sessions(text)', 'execute');
  assert not has_function_privilege('smartattend_operator', 'identity.end_all_sessions(text)', 'execute');
end $$;

rollback;
