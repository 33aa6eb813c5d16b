-- Verify smartattend:ops/publish_pages on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.publish_pages()'::regprocedure);

rollback;
