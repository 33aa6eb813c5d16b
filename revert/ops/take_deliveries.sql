-- Revert smartattend:ops/take_deliveries from pg
begin;
set local role smartattend_owner;

drop function ops.revive(uuid, uuid);
drop function ops.failed(uuid, uuid, uuid, integer, text);
drop function ops.delivered(uuid, uuid, uuid, integer);
drop function ops.take_deliveries(integer, interval);
drop function ops.take_deliveries_of(uuid, integer, interval);

commit;
