-- Verify smartattend:simulation/conserved on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.stored_refusal(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.unconserved_device(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.stored_refusal(uuid, uuid, text)', 'execute'), 'public does not execute simulation.stored_refusal';
  assert not has_function_privilege('public', 'simulation.unconserved_device(uuid, uuid, text)', 'execute'), 'public does not execute simulation.unconserved_device';
end $$;

rollback;
