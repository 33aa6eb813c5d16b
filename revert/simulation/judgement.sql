-- Revert smartattend:simulation/judgement from pg
begin;
set local role smartattend_owner;

drop type simulation.violation;
drop table simulation.judgement;

commit;
