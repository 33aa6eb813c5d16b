-- Verify smartattend:simulation/exactly_once on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.logical_check_in(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.not_one_event(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.not_one_record(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.not_one_acceptance(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.different_answer(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.duplicates(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.logical_check_in(uuid, uuid, text)', 'execute'), 'public does not execute simulation.logical_check_in';
  assert not has_function_privilege('public', 'simulation.not_one_event(uuid, uuid, text)', 'execute'), 'public does not execute simulation.not_one_event';
  assert not has_function_privilege('public', 'simulation.not_one_record(uuid, uuid, text)', 'execute'), 'public does not execute simulation.not_one_record';
  assert not has_function_privilege('public', 'simulation.not_one_acceptance(uuid, uuid, text)', 'execute'), 'public does not execute simulation.not_one_acceptance';
  assert not has_function_privilege('public', 'simulation.different_answer(uuid, uuid, text)', 'execute'), 'public does not execute simulation.different_answer';
  assert not has_function_privilege('public', 'simulation.duplicates(uuid, uuid, text)', 'execute'), 'public does not execute simulation.duplicates';
end $$;

rollback;
