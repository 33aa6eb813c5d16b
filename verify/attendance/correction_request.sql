-- Verify smartattend:attendance/correction_request on pg
begin;
set local role smartattend_owner;

select
  type,
  effect,
  meaning
from attendance.correction_type
where false;
select
  tenant_id,
  id,
  record_id,
  subject_id,
  unit_id,
  base_revision,
  type,
  effect,
  reverts_to,
  code,
  in_at,
  out_at,
  reason,
  requester_id,
  submitted_at,
  expires_at,
  decider_id,
  state,
  state_via,
  state_reason,
  made_revision
from attendance.correction_request
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
from attendance.correction_request_transition
where false;
select pg_get_functiondef('attendance.keep_correction_request()'::regprocedure);
select pg_get_functiondef('attendance.judge_correction()'::regprocedure);

do $$
begin
  assert (select count(*) from core.transition where machine = 'correction_request') = 7, 'the moves of a correction request';
  assert (select count(*) from attendance.correction_type) = 20, 'the types of corrections';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.correction_request'::regclass and tgname = 'correction_request_100_kept') = 'A', 'correction_request_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.correction_request'::regclass and tgname = 'correction_request_100_no_truncate') = 'A', 'correction_request_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.correction_request_transition'::regclass and tgname = 'correction_request_transition_100_append_only') = 'A', 'correction_request_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.correction_request_transition'::regclass and tgname = 'correction_request_transition_100_no_truncate') = 'A', 'correction_request_transition_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.correction_request'::regclass and tgname = 'correction_request_100_stays_as_it_was_made') = 'A', 'correction_request_100_stays_as_it_was_made';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.correction_request'::regclass and tgname = 'correction_request_800_judge_transition') = 'A', 'correction_request_800_judge_transition';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.event'::regclass and tgname = 'event_700_correction_is_approved') = 'A', 'event_700_correction_is_approved';
  assert to_regclass('attendance.a_record_has_one_open_correction') is not null, 'index a_record_has_one_open_correction';
  assert to_regclass('attendance.correction_request_record') is not null, 'index correction_request_record';
  assert to_regclass('attendance.correction_request_subject') is not null, 'index correction_request_subject';
  assert to_regclass('attendance.correction_request_expires') is not null, 'index correction_request_expires';
  assert to_regclass('attendance.correction_request_transition_object') is not null, 'index correction_request_transition_object';
end $$;

rollback;
