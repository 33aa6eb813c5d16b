-- Verify smartattend:integrity/flag on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  rule,
  about,
  about_kind,
  event_key,
  record_id,
  revision,
  session_id,
  subject_id,
  unit_id,
  captured_by,
  severity,
  is_blocking,
  observed,
  expected,
  evidence_hash,
  raised_at,
  state,
  state_via,
  state_reason
from integrity.flag
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
from integrity.flag_transition
where false;

do $$
begin
  assert to_regclass('integrity.flag_record') is not null, 'index flag_record';
  assert to_regclass('integrity.flag_open') is not null, 'index flag_open';
  assert to_regclass('integrity.flag_transition_object') is not null, 'index flag_transition_object';
end $$;

rollback;
