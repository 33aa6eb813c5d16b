-- Verify smartattend:simulation/judge on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.judge(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.judge(uuid, uuid, text)', 'execute'), 'public does not execute simulation.judge';
end $$;

rollback;
