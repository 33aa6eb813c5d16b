-- Verify smartattend:api/simulation_testify on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.simulation_testify(uuid, uuid, jsonb, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'api.simulation_testify(uuid, uuid, jsonb, text)', 'execute'), 'public does not execute api.simulation_testify';
  assert has_function_privilege('smartattend_app', 'api.simulation_testify(uuid, uuid, jsonb, text)', 'execute'), 'smartattend_app executes api.simulation_testify';
end $$;

rollback;
