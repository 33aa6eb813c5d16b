-- Verify smartattend:ops/detect on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.detect(text)'::regprocedure);

rollback;
