-- Revert smartattend:simulation/other_payload from pg
begin;
set local role smartattend_owner;

drop function simulation.unkept_refusal(uuid, uuid, text);
drop function simulation.overwritten_key(uuid, uuid, text);

commit;
