-- Revert smartattend:integrity/rule from pg
begin;
set local role smartattend_owner;

drop table integrity.parameter;
drop table integrity.rule;

commit;
