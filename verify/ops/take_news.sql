-- Verify smartattend:ops/take_news on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.take_news(text)'::regprocedure);

rollback;
