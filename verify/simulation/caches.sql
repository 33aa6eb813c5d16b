-- Verify smartattend:simulation/caches on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.cache_off_history(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.illegal_history(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.open_twice(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.recorded_twice(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.cache_off_history(uuid, uuid, text)', 'execute'), 'public does not execute simulation.cache_off_history';
  assert not has_function_privilege('public', 'simulation.illegal_history(uuid, uuid, text)', 'execute'), 'public does not execute simulation.illegal_history';
  assert not has_function_privilege('public', 'simulation.open_twice(uuid, uuid, text)', 'execute'), 'public does not execute simulation.open_twice';
  assert not has_function_privilege('public', 'simulation.recorded_twice(uuid, uuid, text)', 'execute'), 'public does not execute simulation.recorded_twice';
end $$;

rollback;
