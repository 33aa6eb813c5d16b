-- Verify smartattend:simulation/result on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  run_id,
  scenario,
  verdict,
  steady_state,
  conditions,
  figures,
  recorded_at,
  xid,
  epoch
from simulation.scenario
where false;
select
  tenant_id,
  run_id,
  scenario,
  fault,
  planned,
  fired,
  observed,
  recorded_at,
  xid,
  epoch
from simulation.fault
where false;
select
  tenant_id,
  run_id,
  scenario,
  judgement,
  severity,
  verdict,
  items,
  violations,
  expected,
  observed,
  witness,
  query,
  recorded_at,
  xid,
  epoch
from simulation.check
where false;
select
  tenant_id,
  run_id,
  scenario,
  ordinal,
  kind,
  about,
  severity,
  title,
  meaning,
  action,
  recorded_at,
  xid,
  epoch
from simulation.issue
where false;

do $$
begin
  assert to_regclass('simulation.check_judgement') is not null, 'index check_judgement';
end $$;

rollback;
