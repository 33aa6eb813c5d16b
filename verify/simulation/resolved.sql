-- Verify smartattend:simulation/resolved on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.unsettled_doubt(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.unsettled_doubt(uuid, uuid, text)', 'execute'), 'public does not execute simulation.unsettled_doubt';
end $$;

rollback;
