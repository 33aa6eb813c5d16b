-- Verify smartattend:simulation/run on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  command,
  seed,
  plan_hash,
  parameters,
  tool_version,
  started_by,
  created_at,
  state,
  state_via,
  state_reason
from simulation.run
where false;
select
  tenant_id,
  object_id,
  id,
  from_state,
  to_state,
  via,
  reason,
  actor_id,
  session_id,
  database_user,
  recorded_at,
  xid,
  epoch
from simulation.run_transition
where false;

do $$
begin
  assert to_regclass('simulation.run_transition_object') is not null, 'index run_transition_object';
end $$;

rollback;
