-- Verify smartattend:simulation/acknowledged on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.lost_acknowledgement(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.phantom_check_in(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.unresolved_call(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.undocumented_error(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.unserved_submission(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.lost_acknowledgement(uuid, uuid, text)', 'execute'), 'public does not execute simulation.lost_acknowledgement';
  assert not has_function_privilege('public', 'simulation.phantom_check_in(uuid, uuid, text)', 'execute'), 'public does not execute simulation.phantom_check_in';
  assert not has_function_privilege('public', 'simulation.unresolved_call(uuid, uuid, text)', 'execute'), 'public does not execute simulation.unresolved_call';
  assert not has_function_privilege('public', 'simulation.undocumented_error(uuid, uuid, text)', 'execute'), 'public does not execute simulation.undocumented_error';
  assert not has_function_privilege('public', 'simulation.unserved_submission(uuid, uuid, text)', 'execute'), 'public does not execute simulation.unserved_submission';
end $$;

rollback;
