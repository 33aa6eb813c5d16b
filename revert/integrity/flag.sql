-- Revert smartattend:integrity/flag from pg
begin;
set local role smartattend_owner;

drop table integrity.flag_transition;
drop table integrity.flag;

commit;
