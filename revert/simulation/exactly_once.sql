-- Revert smartattend:simulation/exactly_once from pg
begin;
set local role smartattend_owner;

drop function simulation.duplicates(uuid, uuid, text);
drop function simulation.different_answer(uuid, uuid, text);
drop function simulation.not_one_acceptance(uuid, uuid, text);
drop function simulation.not_one_record(uuid, uuid, text);
drop function simulation.not_one_event(uuid, uuid, text);
drop function simulation.logical_check_in(uuid, uuid, text);

commit;
