-- Revert smartattend:api/clock_probe from pg
begin;
set local role smartattend_owner;

drop function api.clock_probe(uuid, uuid, text);

commit;
