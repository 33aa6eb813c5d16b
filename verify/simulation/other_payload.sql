-- Verify smartattend:simulation/other_payload on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.overwritten_key(uuid, uuid, text)'::regprocedure);
select pg_get_functiondef('simulation.unkept_refusal(uuid, uuid, text)'::regprocedure);

do $$
begin
  assert not has_function_privilege('public', 'simulation.overwritten_key(uuid, uuid, text)', 'execute'), 'public does not execute simulation.overwritten_key';
  assert not has_function_privilege('public', 'simulation.unkept_refusal(uuid, uuid, text)', 'execute'), 'public does not execute simulation.unkept_refusal';
end $$;

rollback;
