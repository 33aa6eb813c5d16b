-- Revert smartattend:core/add_partition from pg
begin;
set local role smartattend_owner;

drop function core.add_partition(regclass, date);

commit;
