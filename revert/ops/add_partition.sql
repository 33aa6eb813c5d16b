-- Revert smartattend:ops/add_partition from pg
begin;
set local role smartattend_owner;

drop function ops.partition_ahead(integer);
drop function ops.add_partition(regclass, date);

commit;
