-- Revert smartattend:core/machine from pg
begin;
set local role smartattend_owner;

drop table core.transition;
drop table core.state;
drop table core.machine;

commit;
