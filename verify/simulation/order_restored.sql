-- Verify smartattend:simulation/order_restored on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.disordered_event(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.disordered_event(uuid, uuid, text)', 'execute'), 'public does not execute simulation.disordered_event';
end $$;

rollback;
