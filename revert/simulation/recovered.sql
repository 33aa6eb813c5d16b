-- Revert smartattend:simulation/recovered from pg
begin;
set local role smartattend_owner;

drop function simulation.unrecovered_call(uuid, uuid, text);

commit;
