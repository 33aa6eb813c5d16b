-- Verify smartattend:core/refuse_change on pg
begin;

select pg_get_functiondef('core.refuse_change()'::regprocedure);

rollback;
