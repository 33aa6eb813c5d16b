-- Verify smartattend:simulation/call on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  run_id,
  number,
  scenario,
  phase,
  kind,
  logical,
  variant,
  device,
  command,
  key,
  payload_hash,
  subject_id,
  due_us,
  invoked_us,
  ended_us,
  outcome,
  code,
  record_id,
  revision,
  answer_hash,
  tries,
  doubts,
  recorded_at,
  xid,
  epoch
from simulation.call
where false;

do $$
begin
  assert to_regclass('simulation.call_key') is not null, 'index call_key';
end $$;

rollback;
