-- Verify smartattend:timing/expire_clocks on pg
begin;
set local role smartattend_owner;

select
  pg_get_functiondef('timing.expire_clocks()'::regprocedure),
  pg_get_functiondef('timing.expire_clock(timing.device_clock)'::regprocedure);

rollback;
