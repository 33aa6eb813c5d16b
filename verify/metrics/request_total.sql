-- Verify smartattend:metrics/request_total on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('metrics.request_total(timestamptz)'::regprocedure);

rollback;
