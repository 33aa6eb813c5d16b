-- Revert smartattend:ops/detect from pg
begin;
set local role smartattend_owner;

drop function ops.detect(text);

commit;
