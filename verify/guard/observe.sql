-- Verify smartattend:guard/observe on pg
begin;

select
  kind,
  object,
  detail
from guard.seen
where false;

select pg_get_functiondef('guard.observe()'::regprocedure);

rollback;
