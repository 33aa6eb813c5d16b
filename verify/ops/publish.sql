-- Verify smartattend:ops/publish on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.publish(text, text, jsonb)'::regprocedure);

rollback;
