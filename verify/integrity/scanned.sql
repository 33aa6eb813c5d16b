-- Verify smartattend:integrity/scanned on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  number,
  scanned_until,
  scanned_at
from integrity.horizon
where false;
select
  tenant_id,
  key,
  scan,
  kind,
  subject_id,
  session_id,
  record_id,
  business_date,
  effective_at,
  error,
  device_id,
  device_kind,
  site_id,
  boot_id,
  sequence_number,
  monotonic_us,
  claimed_at,
  latitude,
  longitude,
  accuracy_m,
  is_mock,
  is_manual,
  address,
  method,
  token,
  token_session,
  token_issued_at,
  requester_id,
  approver_id,
  recorded_at,
  signals
from integrity.scanned
where false;
select
  tenant_id,
  session_id,
  unit_id,
  starts_at,
  people,
  fingerprint
from integrity.roll
where false;
select 'integrity.reach'::regtype;
select 'integrity.finding'::regtype;
select pg_get_functiondef('integrity.distance_m(double precision, double precision, double precision, double precision)'::regprocedure);
select pg_get_functiondef('integrity.address(text)'::regprocedure);
select pg_get_functiondef('integrity.read_events(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.latest(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.touched(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.on_event(integrity.scanned, jsonb, jsonb)'::regprocedure);

do $$
begin
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.horizon'::regclass and polname = 'owner_keeps_the_bound_tenant'), 'policy owner_keeps_the_bound_tenant on integrity.horizon';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.scanned'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on integrity.scanned';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.scanned'::regclass and polname = 'owner_adds_to_the_bound_tenant'), 'policy owner_adds_to_the_bound_tenant on integrity.scanned';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'integrity.roll'::regclass and polname = 'owner_keeps_the_bound_tenant'), 'policy owner_keeps_the_bound_tenant on integrity.roll';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'integrity.horizon'::regclass), 'row level security of integrity.horizon';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'integrity.scanned'::regclass), 'row level security of integrity.scanned';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'integrity.roll'::regclass), 'row level security of integrity.roll';
  assert to_regclass('integrity.scanned_scan') is not null, 'index scanned_scan';
  assert to_regclass('integrity.scanned_subject') is not null, 'index scanned_subject';
  assert to_regclass('integrity.scanned_device') is not null, 'index scanned_device';
  assert to_regclass('integrity.scanned_sequence') is not null, 'index scanned_sequence';
  assert to_regclass('integrity.scanned_token') is not null, 'index scanned_token';
  assert to_regclass('integrity.scanned_corrected') is not null, 'index scanned_corrected';
  assert to_regclass('integrity.scanned_approved') is not null, 'index scanned_approved';
  assert to_regclass('attendance.event_xid') is not null, 'index event_xid';
  assert to_regclass('core.idempotency_repeat') is not null, 'index idempotency_repeat';
  assert to_regclass('attendance.register_transition_submitted') is not null, 'index register_transition_submitted';
  assert to_regclass('integrity.roll_unit') is not null, 'index roll_unit';
end $$;

rollback;
