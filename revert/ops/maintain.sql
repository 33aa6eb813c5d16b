-- Revert smartattend:ops/maintain from pg
begin;
set local role smartattend_owner;

drop procedure ops.maintain(text);

commit;
