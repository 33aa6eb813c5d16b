-- Verify smartattend:core/clock on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.clock()'::regprocedure);

rollback;
