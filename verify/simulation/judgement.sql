-- Verify smartattend:simulation/judgement on pg
begin;
set local role smartattend_owner;

select
  judgement,
  function_name,
  counts,
  severity,
  may_be_idle,
  scenarios,
  title,
  expected,
  meaning,
  action
from simulation.judgement
where false;

do $$
begin
  assert to_regtype('simulation.violation') is not null, 'type simulation.violation';
end $$;

rollback;
