-- Verify smartattend:api/simulation_abort on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.simulation_abort(uuid, uuid, text, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'api.simulation_abort(uuid, uuid, text, text)', 'execute'), 'public does not execute api.simulation_abort';
  assert has_function_privilege('smartattend_app', 'api.simulation_abort(uuid, uuid, text, text)', 'execute'), 'smartattend_app executes api.simulation_abort';
end $$;

rollback;
