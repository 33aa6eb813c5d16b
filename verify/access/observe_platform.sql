-- Verify smartattend:access/observe_platform on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('access.observe_platform(timestamptz)'::regprocedure);

rollback;
