-- Verify smartattend:simulation/run/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'simulation.run'::regclass and tgname = 'run_800_judge_transition'), 'trigger run_800_judge_transition is enabled always';
  assert (select count(*) = 7 from core.transition where machine = 'simulation_run'), 'seven transitions';
  assert (select count(*) = 6 from core.state where machine = 'simulation_run'), 'six states';
end $$;

rollback;
