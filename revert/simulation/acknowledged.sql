-- Revert smartattend:simulation/acknowledged from pg
begin;
set local role smartattend_owner;

drop function simulation.unserved_submission(uuid, uuid, text);
drop function simulation.undocumented_error(uuid, uuid, text);
drop function simulation.unresolved_call(uuid, uuid, text);
drop function simulation.phantom_check_in(uuid, uuid, text);
drop function simulation.lost_acknowledgement(uuid, uuid, text);

commit;
