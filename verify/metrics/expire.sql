-- Verify smartattend:metrics/expire on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('metrics.expire(timestamptz)'::regprocedure);

rollback;
