-- Verify smartattend:api/simulation_views on pg
begin;
set local role smartattend_owner;

select
  id,
  command,
  seed,
  plan_hash,
  parameters,
  tool_version,
  created_at,
  state,
  state_reason,
  ended_at,
  issues
from api.simulation_run
where false;
select
  run_id,
  scenario,
  verdict,
  steady_state,
  conditions,
  figures,
  recorded_at
from api.simulation_scenario
where false;
select
  run_id,
  scenario,
  fault,
  planned,
  fired,
  observed
from api.simulation_fault
where false;
select
  run_id,
  scenario,
  judgement,
  title,
  severity,
  verdict,
  items,
  violations,
  expected,
  observed,
  witness,
  query,
  meaning,
  action
from api.simulation_check
where false;
select
  run_id,
  scenario,
  ordinal,
  kind,
  about,
  severity,
  title,
  meaning,
  action,
  recorded_at
from api.simulation_issue
where false;

do $$
begin
  assert has_table_privilege('smartattend_app', 'api.simulation_run', 'select'), 'smartattend_app reads api.simulation_run';
  assert has_table_privilege('smartattend_app', 'api.simulation_scenario', 'select'), 'smartattend_app reads api.simulation_scenario';
  assert has_table_privilege('smartattend_app', 'api.simulation_fault', 'select'), 'smartattend_app reads api.simulation_fault';
  assert has_table_privilege('smartattend_app', 'api.simulation_check', 'select'), 'smartattend_app reads api.simulation_check';
  assert has_table_privilege('smartattend_app', 'api.simulation_issue', 'select'), 'smartattend_app reads api.simulation_issue';
end $$;

rollback;
