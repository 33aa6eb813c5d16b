-- Revert smartattend:ops/jobs from pg
begin;
set local role smartattend_owner;

drop function ops.add_up(jsonb, jsonb);
drop function ops.advance_access();

commit;
