-- Verify smartattend:ops/platform_figures on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.figures(timestamptz)'::regprocedure);
select pg_get_functiondef('ops.by_severity(jsonb)'::regprocedure);
select pg_get_functiondef('ops.platform_figures(timestamptz)'::regprocedure);
select pg_get_functiondef('ops.judge_tile(text, numeric, jsonb, timestamptz)'::regprocedure);

rollback;
