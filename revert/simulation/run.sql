-- Revert smartattend:simulation/run from pg
begin;
set local role smartattend_owner;

drop table simulation.run_transition;
drop table simulation.run;

commit;
