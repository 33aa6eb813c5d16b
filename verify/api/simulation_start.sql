-- Verify smartattend:api/simulation_start on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.simulation_start(uuid, text, bigint, text, jsonb, text, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'api.simulation_start(uuid, text, bigint, text, jsonb, text, text)', 'execute'), 'public does not execute api.simulation_start';
  assert has_function_privilege('smartattend_app', 'api.simulation_start(uuid, text, bigint, text, jsonb, text, text)', 'execute'), 'smartattend_app executes api.simulation_start';
end $$;

rollback;
