-- Verify smartattend:ops/add_partition on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.add_partition(regclass, date)'::regprocedure);
select pg_get_functiondef('ops.partition_ahead(integer)'::regprocedure);

rollback;
