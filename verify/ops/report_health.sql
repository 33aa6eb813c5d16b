-- Verify smartattend:ops/report_health on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.look_at_services(timestamptz)'::regprocedure);
select pg_get_functiondef('ops.report_health(timestamptz)'::regprocedure);
select pg_get_functiondef('ops.report_api_health(timestamptz)'::regprocedure);

rollback;
