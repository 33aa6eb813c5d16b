-- Verify smartattend:simulation/run/guard on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('simulation.guard_run()'::regprocedure);

do $$
begin
  assert (select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'simulation.run'::regclass and tgname = 'run_100_guard'), 'trigger run_100_guard is enabled always';
  assert (select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'simulation.run'::regclass and tgname = 'run_100_kept'), 'trigger run_100_kept is enabled always';
  assert (select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'simulation.run'::regclass and tgname = 'run_100_no_truncate'), 'trigger run_100_no_truncate is enabled always';
  assert (select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'simulation.run_transition'::regclass and tgname = 'run_transition_100_append_only'), 'trigger run_transition_100_append_only is enabled always';
  assert (select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'simulation.run_transition'::regclass and tgname = 'run_transition_100_no_truncate'), 'trigger run_transition_100_no_truncate is enabled always';
  assert not has_function_privilege('public', 'simulation.guard_run()', 'execute'), 'public does not execute simulation.guard_run';
end $$;

rollback;
