-- Deploy smartattend:attendance/event to pg
begin;
set local role smartattend_owner;

create domain attendance.event_kind as text
constraint kind_is_known check (
  value in ('in', 'out', 'mark', 'absence', 'late_evidence', 'flag', 'verify', 'clear', 'uphold', 'correction', 'revert', 'void', 'import')
);
comment on domain attendance.event_kind is
  'What an event is. A domain, since PostgreSQL keeps its check parsed, but reads a table''s check anew in every insert.';

create domain attendance.record_state as text
constraint state_is_known check (value in ('recorded', 'flagged', 'verified', 'voided'));
comment on domain attendance.record_state is 'A state of machine attendance_record.';

create domain attendance.time_basis as text
constraint basis_is_known check (value in ('server', 'anchor', 'offset', 'claim'));
comment on domain attendance.time_basis is 'What an effective time rests on: server receipt, monotonic anchor, measured offset, the bare claim.';

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
  kind attendance.event_kind not null,
  subject_id uuid not null,
  session_id uuid,
  record_id uuid,
  revision integer,
  state attendance.record_state,
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
  payload_hash core.sha256 not null,
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
  basis attendance.time_basis,
  signals text[],
  claimed_code text,
  recorded_at timestamptz not null default core.clock(),
  elapsed_us bigint,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint event_pkey primary key (tenant_id, key),
  constraint a_revision_is_made_once unique (tenant_id, record_id, revision),
  constraint event_is_about_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint event_is_in_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint event_has_a_code foreign key (tenant_id, code) references attendance.code (tenant_id, code),
  constraint event_comes_from_a_device foreign key (tenant_id, device_id) references timing.device (tenant_id, id),
  constraint approver_is_not_the_requester check (approver_id <> requester_id),
  constraint it_ends_after_it_begins check (out_at >= in_at)
);
comment on table attendance.event is
  'Everything that was ever claimed about or done to attendance, append-only. Carries its own idempotency key and the complete result: the record, the revision it made, its state, code and presence; null where a claim matched nothing.';
comment on column attendance.event.effective_at is 'The instant that counts, with its error (microseconds) and its basis: server receipt, monotonic anchor, measured offset, or the bare claim.';
comment on column attendance.event.signals is 'What the capture itself noticed: rules F01 to F32 that this event alone makes fire. Schema integrity raises the flags.';
comment on column attendance.event.claimed_code is 'What a mark said where the record''s code is another: the office''s value stands, the teacher''s is kept here.';
comment on column attendance.event.recorded_at is 'Receipt, by the database''s clock, read after the subject was locked.';

create function attendance.is_whole(event attendance.event)
returns boolean
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if num_nulls(event.record_id, event.revision, event.state) not in (0, 3) or event.revision < 1 or event.error_us < 0 then
    return false;
  end if;
  -- Branches, not one expression: only what is reached is prepared.
  if event.kind in ('in', 'out') then
    return num_nulls(event.effective_at, event.basis) = 0;
  elsif event.kind in ('mark', 'import') then
    return event.code is not null;
  elsif event.kind in ('verify', 'late_evidence') then
    return event.record_id is not null;
  elsif event.kind = 'absence' then
    return num_nulls(event.record_id, event.code) = 0;
  elsif event.kind in ('correction', 'revert') then
    return num_nulls(event.record_id, event.reason, event.approver_id, event.base_revision) = 0;
  end if;
  return num_nulls(event.record_id, event.reason) = 0;
end $$;
comment on function attendance.is_whole(attendance.event) is
  'Whether an event carries what its kind needs: a punch its time and basis, a mark its code, a decision its record, holding and voiding a reason, a correction its approver and base revision (its requester may be the system); a revision has record, number from 1 and state. One function, since PostgreSQL reads the text of a table''s checks anew in every insert, and keeps a function parsed.';
alter table attendance.event add constraint every_kind_carries_what_it_needs check (attendance.is_whole(event));

create index event_of_no_record on attendance.event (tenant_id, effective_at, subject_id)
where record_id is null;

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
