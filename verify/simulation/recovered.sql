-- Verify smartattend:simulation/recovered on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.unrecovered_call(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.unrecovered_call(uuid, uuid, text)', 'execute'), 'public does not execute simulation.unrecovered_call';
end $$;

rollback;
