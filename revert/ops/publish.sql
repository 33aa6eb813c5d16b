-- Revert smartattend:ops/publish from pg
begin;
set local role smartattend_owner;

drop function ops.publish(text, text, jsonb);

commit;
