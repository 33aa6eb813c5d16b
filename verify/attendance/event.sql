-- Verify smartattend:attendance/event on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  key,
  kind,
  subject_id,
  session_id,
  record_id,
  revision,
  state,
  code,
  in_at,
  out_at,
  business_date,
  reason_code,
  reason,
  actor_id,
  login_session_id,
  requester_id,
  approver_id,
  base_revision,
  payload_hash,
  claimed_at,
  claimed_zone,
  device_id,
  boot_id,
  sequence_number,
  monotonic_us,
  latitude,
  longitude,
  accuracy_m,
  evidence,
  effective_at,
  error_us,
  basis,
  signals,
  claimed_code,
  recorded_at,
  elapsed_us,
  xid,
  epoch
from attendance.event
where false;
select 'attendance.event_kind'::regtype;
select 'attendance.record_state'::regtype;
select 'attendance.time_basis'::regtype;
select 'attendance.claim'::regtype;
select pg_get_functiondef('attendance.is_whole(attendance.event)'::regprocedure);
select * from attendance.punch where false;
select * from attendance.revision where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.event'::regclass and tgname = 'event_100_append_only') = 'A', 'event_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.event'::regclass and tgname = 'event_100_no_truncate') = 'A', 'event_100_no_truncate';
end $$;

rollback;
