-- Revert smartattend:core/clock from pg
begin;
set local role smartattend_owner;

drop function core.clock();

commit;
