-- Deploy smartattend:timing/clock_probe to pg
begin;
set local role smartattend_owner;

create table timing.clock_probe (
  tenant_id uuid not null,
  key uuid not null,
  device_id uuid not null,
  received_at timestamptz not null,
  answered_at timestamptz not null,
  login_session_id uuid default (core.actor()).session_id,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint clock_probe_pkey primary key (tenant_id, key),
  constraint probe_comes_from_a_device foreign key (tenant_id, device_id) references timing.device (tenant_id, id),
  constraint it_is_answered_after_it_is_received check (answered_at >= received_at)
);
comment on table timing.clock_probe is
  'What the server saw of an exchange of time stamps (RFC 5905): when a device''s probe came and when the answer left. A report that names the probe is judged by these stamps, never by what a client says about the server.';
comment on column timing.clock_probe.received_at is 't1: the probe was received.';
comment on column timing.clock_probe.answered_at is 't2: the answer left.';

create trigger clock_probe_100_append_only
before update or delete on timing.clock_probe
for each row execute function core.refuse_change();
create trigger clock_probe_100_no_truncate
before truncate on timing.clock_probe
for each statement execute function core.refuse_change();
alter table timing.clock_probe enable always trigger clock_probe_100_append_only;
alter table timing.clock_probe enable always trigger clock_probe_100_no_truncate;

alter table timing.clock_probe enable row level security;
alter table timing.clock_probe force row level security;
create policy owner_reads_the_bound_tenant on timing.clock_probe
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('capture_read')));
create policy owner_appends_to_the_bound_tenant on timing.clock_probe
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('capture_write')));

commit;
