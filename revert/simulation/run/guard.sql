-- Revert smartattend:simulation/run/guard from pg
begin;
set local role smartattend_owner;

drop trigger run_transition_100_no_truncate on simulation.run_transition;
drop trigger run_transition_100_append_only on simulation.run_transition;
drop trigger run_100_no_truncate on simulation.run;
drop trigger run_100_kept on simulation.run;
drop trigger run_100_guard on simulation.run;
drop function simulation.guard_run();

commit;
