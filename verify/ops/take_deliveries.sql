-- Verify smartattend:ops/take_deliveries on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('ops.take_deliveries_of(uuid, integer, interval)'::regprocedure);
select pg_get_functiondef('ops.take_deliveries(integer, interval)'::regprocedure);
select pg_get_functiondef('ops.delivered(uuid, uuid, uuid, integer)'::regprocedure);
select pg_get_functiondef('ops.failed(uuid, uuid, uuid, integer, text)'::regprocedure);
select pg_get_functiondef('ops.revive(uuid, uuid)'::regprocedure);

rollback;
