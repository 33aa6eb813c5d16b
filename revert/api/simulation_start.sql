-- Revert smartattend:api/simulation_start from pg
begin;
set local role smartattend_owner;

drop function api.simulation_start(uuid, text, bigint, text, jsonb, text, text);

commit;
