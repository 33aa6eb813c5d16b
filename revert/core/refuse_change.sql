-- Revert smartattend:core/refuse_change from pg
begin;
set local role smartattend_owner;

drop function core.refuse_change();

commit;
