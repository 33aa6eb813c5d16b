-- Revert smartattend:ops/put_subscription from pg
begin;
set local role smartattend_owner;

drop function ops.put_subscription(text, text, text, text, boolean);

commit;
