-- Verify smartattend:core/refuse_change on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.refuse_change()'::regprocedure);

rollback;
