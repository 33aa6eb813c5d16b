-- Deploy smartattend:timing/device_clock to pg
begin;
set local role smartattend_owner;

create table timing.device_clock (
  tenant_id uuid not null,
  device_id uuid not null,
  state text not null default 'unknown',
  state_via text not null default 'register',
  state_reason text,
  good_samples integer not null default 0,
  sampled_at timestamptz,
  boot_id uuid,
  monotonic_us bigint,
  wall_at timestamptz,
  instant timestamptz,
  error_us bigint,
  offset_us bigint generated always as (round(date_part('epoch', instant - wall_at) * 1000000)) stored,
  delivered_until timestamptz,
  constraint device_clock_pkey primary key (tenant_id, device_id),
  constraint clock_belongs_to_a_device foreign key (tenant_id, device_id) references timing.device (tenant_id, id),
  constraint a_sample_is_whole check (num_nulls(sampled_at, boot_id, monotonic_us, wall_at, instant, error_us) in (0, 6)),
  constraint reason_says_something check (state_reason is null or core.is_reason(state_reason))
);
comment on table timing.device_clock is
  'What is known of a device''s clock now, one row from its first sample on: health (machine device_clock), the newest sample''s monotonic clock, wall clock and instant with its error, and until when everything that the device captured has been delivered.';
comment on column timing.device_clock.good_samples is 'Samples in a row that were better than the state.';
comment on column timing.device_clock.sampled_at is 'When the server answered the probe of the newest sample.';
comment on column timing.device_clock.instant is 'When the monotonic clock of boot_id showed monotonic_us and the wall clock wall_at, plus or minus error_us.';
comment on column timing.device_clock.delivered_until is
  'Everything that the device captured before has been delivered, by its own word. It never goes back: what comes from before is late evidence.';

create table timing.device_clock_transition (
  tenant_id uuid not null,
  object_id uuid not null,
  id uuid not null default core.uuid_v7(),
  from_state text,
  to_state text not null,
  via text not null,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint device_clock_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_clock foreign key (tenant_id, object_id) references timing.device_clock (tenant_id, device_id)
);
comment on table timing.device_clock_transition is 'The history of the health of devices'' clocks, written by core.judge_transition.';
create index device_clock_transition_object on timing.device_clock_transition (tenant_id, object_id);

create trigger device_clock_100_kept
before delete on timing.device_clock
for each row execute function core.refuse_change('kept');
create trigger device_clock_100_no_truncate
before truncate on timing.device_clock
for each statement execute function core.refuse_change('kept');
create trigger device_clock_transition_100_append_only
before update or delete on timing.device_clock_transition
for each row execute function core.refuse_change();
create trigger device_clock_transition_100_no_truncate
before truncate on timing.device_clock_transition
for each statement execute function core.refuse_change();
alter table timing.device_clock enable always trigger device_clock_100_kept;
alter table timing.device_clock enable always trigger device_clock_100_no_truncate;
alter table timing.device_clock_transition enable always trigger device_clock_transition_100_append_only;
alter table timing.device_clock_transition enable always trigger device_clock_transition_100_no_truncate;

alter table timing.device_clock enable row level security;
alter table timing.device_clock force row level security;
create policy owner_reads_the_bound_tenant on timing.device_clock
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_adds_to_the_bound_tenant on timing.device_clock
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy owner_changes_the_bound_tenant on timing.device_clock
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_write')))
with check (tenant_id = (select core.bound_tenant('capture_write')));
create policy a_session_reads_its_scope on timing.device_clock
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and (select identity.session_holds('member.read'))
);
grant select on timing.device_clock to smartattend_app;

alter table timing.device_clock_transition enable row level security;
alter table timing.device_clock_transition force row level security;
create policy owner_reads_the_bound_tenant on timing.device_clock_transition
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_appends_to_the_bound_tenant on timing.device_clock_transition
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

commit;
