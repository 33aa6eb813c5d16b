-- Verify smartattend:timing/estimate on pg
begin;
set local role smartattend_owner;

select 'timing.estimate'::regtype, 'timing.reading'::regtype;
select
  pg_get_functiondef('timing.estimate(uuid, uuid, bigint, bigint, timestamptz, timestamptz)'::regprocedure),
  pg_get_functiondef('timing.bracket(uuid, uuid, uuid, bigint, timestamptz, timestamptz)'::regprocedure),
  pg_get_functiondef('timing.read_clocks(uuid, uuid, uuid, bigint, timestamptz, double precision)'::regprocedure),
  pg_get_functiondef('timing.microseconds(interval)'::regprocedure);

rollback;
