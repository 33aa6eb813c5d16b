-- Revert smartattend:simulation/result from pg
begin;
set local role smartattend_owner;

drop table simulation.issue;
drop table simulation.check;
drop table simulation.fault;
drop table simulation.scenario;

commit;
