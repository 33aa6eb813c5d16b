-- Revert smartattend:api/simulation_finish from pg
begin;
set local role smartattend_owner;

drop function api.simulation_finish(uuid, uuid, jsonb, text);

commit;
