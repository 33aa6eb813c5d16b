-- Revert smartattend:simulation/run/machine from pg
begin;
set local role smartattend_owner;

drop trigger run_800_judge_transition on simulation.run;
delete from core.transition where machine = 'simulation_run';
delete from core.state where machine = 'simulation_run';
delete from core.machine where machine = 'simulation_run';

commit;
