-- Deploy smartattend:simulation/run/machine to pg
begin;
set local role smartattend_owner;

insert into core.machine (machine, title, relation) values ('simulation_run', 'Simulation run', 'simulation.run');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('simulation_run', 'planned', true, false, 'the plan of operations and faults is fixed; nothing was sent'),
  ('simulation_run', 'running', false, false, 'clients are at work, or their testimony is awaited'),
  ('simulation_run', 'held', false, true, 'everything that was planned happened, and every check held'),
  ('simulation_run', 'broken', false, true, 'at least one check found a violation'),
  ('simulation_run', 'inconclusive', false, true, 'no violation, but less happened than was planned, or the steady state did not hold before'),
  ('simulation_run', 'aborted', false, true, 'ended by hand or by an operational error before a verdict');
insert into core.transition (machine, from_state, to_state, via, permission, requires_reason, guard) values
  ('simulation_run', null, 'planned', 'plan', 'simulation.run', false, 'the tenant is a sandbox'),
  ('simulation_run', 'planned', 'running', 'start', 'simulation.run', false, 'the tenant is still a sandbox'),
  ('simulation_run', 'running', 'held', 'judge', 'simulation.run', false, 'no violation, nothing in doubt'),
  ('simulation_run', 'running', 'broken', 'judge', 'simulation.run', false, 'a check found a violation'),
  ('simulation_run', 'running', 'inconclusive', 'judge', 'simulation.run', false, 'no violation, something in doubt'),
  ('simulation_run', 'planned', 'aborted', 'abort', 'simulation.run', true, null),
  ('simulation_run', 'running', 'aborted', 'abort', 'simulation.run', true, null);

create trigger run_800_judge_transition
after insert or update on simulation.run
for each row execute function core.judge_transition('simulation_run', 'id');
alter table simulation.run enable always trigger run_800_judge_transition;

commit;
