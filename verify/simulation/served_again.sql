-- Verify smartattend:simulation/served_again on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.unserved_device(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.unserved_device(uuid, uuid, text)', 'execute'), 'public does not execute simulation.unserved_device';
end $$;

rollback;
