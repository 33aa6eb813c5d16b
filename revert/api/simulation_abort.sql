-- Revert smartattend:api/simulation_abort from pg
begin;
set local role smartattend_owner;

drop function api.simulation_abort(uuid, uuid, text, text);

commit;
