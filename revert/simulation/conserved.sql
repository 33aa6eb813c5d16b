-- Revert smartattend:simulation/conserved from pg
begin;
set local role smartattend_owner;

drop function simulation.unconserved_device(uuid, uuid, text);
drop function simulation.stored_refusal(uuid, uuid, text);

commit;
