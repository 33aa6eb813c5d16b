-- Deploy smartattend:attendance/event to pg
begin;
set local role smartattend_owner;

create type attendance.claim as (
  claimed_at timestamptz,
  claimed_zone text,
  device_id uuid,
  boot_id uuid,
  sequence_number bigint,
  monotonic_us bigint,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  evidence jsonb
);
comment on type attendance.claim is
  'What a caller says about a punch: wall clock and zone, device with its boot, sequence number and monotonic clock (microseconds), place (degrees, metres), other evidence.';

create table attendance.event (
  tenant_id uuid not null,
  key uuid not null,
  kind text not null,
  subject_id uuid not null,
  session_id uuid,
  record_id uuid,
  revision integer,
  state text,
  code text,
  in_at timestamptz,
  out_at timestamptz,
  business_date date not null,
  reason_code text,
  reason text,
  actor_id uuid,
  login_session_id uuid,
  requester_id uuid,
  approver_id uuid,
  base_revision integer,
  payload_hash bytea not null,
  claimed_at timestamptz,
  claimed_zone text,
  device_id uuid,
  boot_id uuid,
  sequence_number bigint,
  monotonic_us bigint,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  evidence jsonb,
  effective_at timestamptz,
  error_us bigint,
  basis text,
  recorded_at timestamptz not null default core.clock(),
  elapsed_us integer,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint event_pkey primary key (tenant_id, key),
  constraint a_revision_is_made_once unique (tenant_id, record_id, revision),
  constraint event_is_about_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint event_is_in_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint event_has_a_code foreign key (tenant_id, code) references attendance.code (tenant_id, code),
  constraint event_comes_from_a_device foreign key (tenant_id, device_id) references timing.device (tenant_id, id),
  constraint kind_is_known check (
    kind in (
      'in', 'out', 'mark', 'absence', 'late_evidence', 'flag', 'verify', 'clear', 'uphold', 'correction', 'revert', 'void', 'import'
    )
  ),
  constraint state_is_known check (state in ('recorded', 'flagged', 'verified', 'voided')),
  constraint basis_is_known check (basis in ('server', 'anchor', 'offset', 'claim')),
  constraint a_revision_has_a_record_and_a_state check (
    (record_id is null) = (revision is null) and (record_id is null) = (state is null)
  ),
  constraint only_a_claim_may_match_nothing check (record_id is not null or kind in ('in', 'out', 'mark', 'import')),
  constraint a_punch_has_a_time_and_its_basis check (kind not in ('in', 'out') or (effective_at is not null and basis is not null)),
  constraint a_mark_has_a_code check (kind not in ('mark', 'import', 'absence') or code is not null),
  constraint holding_or_voiding_has_a_reason check (kind not in ('flag', 'void', 'uphold', 'correction', 'revert') or reason is not null),
  constraint a_correction_has_requester_and_approver check (
    kind not in ('correction', 'revert') or (requester_id is not null and approver_id is not null and base_revision is not null)
  ),
  constraint approver_is_not_the_requester check (approver_id <> requester_id),
  constraint it_ends_after_it_begins check (out_at >= in_at),
  constraint revisions_count_from_one check (revision >= 1),
  constraint payload_hash_is_sha256 check (octet_length(payload_hash) = 32),
  constraint error_is_not_negative check (error_us >= 0)
);
comment on table attendance.event is
  'Everything that was ever claimed about or done to attendance, append-only. Carries its own idempotency key and the complete result: the record, the revision it made, its state, code and presence; null where a claim matched nothing.';
comment on column attendance.event.effective_at is 'The instant that counts, with its error (microseconds) and its basis: server receipt, monotonic anchor, measured offset, or the bare claim.';
comment on column attendance.event.recorded_at is 'Receipt, by the database''s clock, read after the subject was locked.';

create trigger event_100_append_only
before update or delete on attendance.event
for each row execute function core.refuse_change();
create trigger event_100_no_truncate
before truncate on attendance.event
for each statement execute function core.refuse_change();
alter table attendance.event enable always trigger event_100_append_only;
alter table attendance.event enable always trigger event_100_no_truncate;

create view attendance.punch
with (security_invoker = true)
as
select * from attendance.event where kind in ('in', 'out', 'mark');
comment on view attendance.punch is 'The claims that arrived.';

create view attendance.revision
with (security_invoker = true)
as
select * from attendance.event where record_id is not null;
comment on view attendance.revision is 'The events that made a revision of a record; revision 1 is the original for ever.';

commit;
