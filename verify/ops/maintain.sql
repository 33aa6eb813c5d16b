-- Verify smartattend:ops/maintain on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.maintain(text)'::regprocedure);

rollback;
