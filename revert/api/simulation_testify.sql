-- Revert smartattend:api/simulation_testify from pg
begin;
set local role smartattend_owner;

drop function api.simulation_testify(uuid, uuid, jsonb, text);

commit;
