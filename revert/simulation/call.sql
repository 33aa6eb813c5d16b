-- Revert smartattend:simulation/call from pg
begin;
set local role smartattend_owner;

drop table simulation.call;

commit;
