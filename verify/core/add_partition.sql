-- Verify smartattend:core/add_partition on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.add_partition(regclass, date)'::regprocedure);

rollback;
