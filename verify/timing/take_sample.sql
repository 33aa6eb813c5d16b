-- Verify smartattend:timing/take_sample on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('timing.take_sample(timing.clock_sample)'::regprocedure);

rollback;
