-- Verify smartattend:simulation/lock_left on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.lock_left(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.lock_left(uuid, uuid, text)', 'execute'), 'public does not execute simulation.lock_left';
end $$;

rollback;
