-- Revert smartattend:simulation/order_restored from pg
begin;
set local role smartattend_owner;

drop function simulation.disordered_event(uuid, uuid, text);

commit;
