-- Verify smartattend:simulation/conclude on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.conclude(simulation.run, jsonb)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.conclude(simulation.run, jsonb)', 'execute'), 'public does not execute simulation.conclude';
end $$;

rollback;
