-- Verify smartattend:api/simulation_finish on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.simulation_finish(uuid, uuid, jsonb, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'api.simulation_finish(uuid, uuid, jsonb, text)', 'execute'), 'public does not execute api.simulation_finish';
  assert has_function_privilege('smartattend_app', 'api.simulation_finish(uuid, uuid, jsonb, text)', 'execute'), 'smartattend_app executes api.simulation_finish';
end $$;

rollback;
