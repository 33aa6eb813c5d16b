-- Verify smartattend:simulation/judge on pg
begin;

select pg_get_functiondef('simulation.judge(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.judge(uuid, uuid, text)', 'execute'), 'public does not execute simulation.judge';
end $$;

rollback;
