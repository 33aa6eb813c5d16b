-- Revert smartattend:simulation/lock_left from pg
begin;
set local role smartattend_owner;

drop function simulation.lock_left(uuid, uuid, text);

commit;
