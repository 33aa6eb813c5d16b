-- Verify smartattend:simulation/looked_at on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.looked_at(uuid, uuid, text, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.looked_at(uuid, uuid, text, text)', 'execute'), 'public does not execute simulation.looked_at';
end $$;

rollback;
