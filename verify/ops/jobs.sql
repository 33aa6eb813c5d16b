-- Verify smartattend:ops/jobs on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.advance_access()'::regprocedure);
select pg_get_functiondef('ops.add_up(jsonb, jsonb)'::regprocedure);

rollback;
