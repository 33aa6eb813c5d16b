-- Verify smartattend:ops/put_subscription on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.put_subscription(text, text, text, text, boolean)'::regprocedure);

rollback;
