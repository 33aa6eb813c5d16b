-- Revert smartattend:simulation/resolved from pg
begin;
set local role smartattend_owner;

drop function simulation.unsettled_doubt(uuid, uuid, text);

commit;
