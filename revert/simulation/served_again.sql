-- Revert smartattend:simulation/served_again from pg
begin;
set local role smartattend_owner;

drop function simulation.unserved_device(uuid, uuid, text);

commit;
