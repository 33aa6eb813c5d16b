-- Verify smartattend:core/clock on pg
begin;

select pg_get_functiondef('core.clock()'::regprocedure);

rollback;
