-- Deploy smartattend:timing/clock_sample to pg
begin;
set local role smartattend_owner;

create table timing.clock_sample (
  tenant_id uuid not null,
  probe_key uuid not null,
  device_id uuid not null,
  boot_id uuid not null,
  sent_at timestamptz not null,
  probed_at timestamptz not null,
  answered_at timestamptz not null,
  received_at timestamptz not null,
  sent_monotonic_us bigint not null,
  received_monotonic_us bigint not null,
  offset_us bigint not null generated always as (
    round(
      ((date_part('epoch', probed_at - received_at) + date_part('epoch', answered_at - received_at)) * 1000000
        + (received_monotonic_us - sent_monotonic_us)) / 2
    )
  ) stored,
  delay_us bigint not null generated always as (
    (received_monotonic_us - sent_monotonic_us) - round(date_part('epoch', answered_at - probed_at) * 1000000)
  ) stored,
  error_us bigint not null,
  step_us bigint not null default 0,
  instant timestamptz not null,
  instant_error_us bigint not null,
  last_sequence_number bigint,
  queued integer,
  oldest_claimed_at timestamptz,
  oldest_boot_id uuid,
  oldest_sequence_number bigint,
  oldest_monotonic_us bigint,
  reported_at timestamptz not null default core.clock(),
  login_session_id uuid default (core.actor()).session_id,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint clock_sample_pkey primary key (tenant_id, probe_key),
  constraint sample_reports_a_probe foreign key (tenant_id, probe_key) references timing.clock_probe (tenant_id, key),
  constraint sample_comes_from_a_device foreign key (tenant_id, device_id) references timing.device (tenant_id, id),
  constraint an_answer_comes_after_its_probe check (received_monotonic_us >= sent_monotonic_us and sent_monotonic_us >= 0),
  constraint errors_are_not_negative check (error_us >= 0 and instant_error_us >= 0),
  constraint counts_are_not_negative check (last_sequence_number >= 0 and queued >= 0)
);
comment on table timing.clock_sample is
  'Every measurement of a device''s clock (RFC 5905): the device''s two stamps and the server''s two, what follows from them, and what the device said about its queue. A probe is reported once.';
comment on column timing.clock_sample.sent_at is 't0: the device sent the probe, by its wall clock.';
comment on column timing.clock_sample.probed_at is 't1: the server received it.';
comment on column timing.clock_sample.answered_at is 't2: the server answered. The device had the answer at this instant or later.';
comment on column timing.clock_sample.received_at is 't3: the device had the answer, by its wall clock.';
comment on column timing.clock_sample.offset_us is
  'θ = ((t1 − t0) + (t2 − t3)) / 2: what has to be added to the device''s wall clock. t0 is counted back from t3 by the monotonic clock, since a wall clock may be stepped in between.';
comment on column timing.clock_sample.delay_us is 'δ = (t3 − t0) − (t2 − t1): the time on the way, by the monotonic clock.';
comment on column timing.clock_sample.error_us is 'The answer arrived at answered_at + error_us, plus or minus error_us: half of δ and of what the clock may drift meanwhile.';
comment on column timing.clock_sample.step_us is 'How far the wall clock was put forward against the monotonic clock since the boot''s sample before, or during this exchange.';
comment on column timing.clock_sample.instant is
  'The best estimate of when the device had the answer: of the boot''s eight youngest samples that with the least bound, whose error has grown with its age.';
comment on column timing.clock_sample.last_sequence_number is 'The last number that the boot had given to a punch: higher ones came after this sample, others before.';
comment on column timing.clock_sample.queued is 'How many punches waited for delivery; oldest_… is what the oldest of them says about itself.';
create index clock_sample_boot on timing.clock_sample (tenant_id, device_id, boot_id, received_monotonic_us);
create index clock_sample_sequence on timing.clock_sample (tenant_id, device_id, boot_id, last_sequence_number, received_monotonic_us);
create index clock_sample_wall on timing.clock_sample (tenant_id, device_id, received_at);

create trigger clock_sample_100_append_only
before update or delete on timing.clock_sample
for each row execute function core.refuse_change();
create trigger clock_sample_100_no_truncate
before truncate on timing.clock_sample
for each statement execute function core.refuse_change();
alter table timing.clock_sample enable always trigger clock_sample_100_append_only;
alter table timing.clock_sample enable always trigger clock_sample_100_no_truncate;

alter table timing.clock_sample enable row level security;
alter table timing.clock_sample force row level security;
create policy owner_reads_the_bound_tenant on timing.clock_sample
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_appends_to_the_bound_tenant on timing.clock_sample
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('capture_write')));

commit;
