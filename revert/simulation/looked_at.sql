-- Revert smartattend:simulation/looked_at from pg
begin;
set local role smartattend_owner;

drop function simulation.looked_at(uuid, uuid, text, text);

commit;
