-- Verify smartattend:metrics/roll_up on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('metrics.endpoint(text, text, jsonb)'::regprocedure);
select pg_get_functiondef('metrics.count_calls(xid8, xid8, timestamptz)'::regprocedure);
select pg_get_functiondef('metrics.roll_up(timestamptz)'::regprocedure);

rollback;
