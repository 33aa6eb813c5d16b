-- Deploy smartattend:integrity/scanned to pg
begin;
set local role smartattend_owner;

create table integrity.horizon (
  tenant_id uuid not null,
  number bigint not null default 0,
  scanned_until xid8 not null default '0',
  scanned_at timestamptz,
  constraint horizon_pkey primary key (tenant_id),
  constraint horizon_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint number_counts_from_zero check (number >= 0)
);
comment on table integrity.horizon is
  'How far the scans of a tenant have come, and the row that a scan holds. Everything of transactions before scanned_until is scanned; a transaction that commits late has its number at or after it, so that nothing is lost.';

create table integrity.scanned (
  tenant_id uuid not null,
  key uuid not null,
  scan bigint not null,
  kind text not null,
  subject_id uuid not null,
  session_id uuid,
  record_id uuid,
  business_date date not null,
  effective_at timestamptz,
  error interval,
  device_id uuid,
  device_kind text,
  site_id uuid,
  boot_id uuid,
  sequence_number bigint,
  monotonic_us bigint,
  claimed_at timestamptz,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  is_mock boolean not null,
  is_manual boolean not null,
  address inet,
  method text,
  token text,
  token_session text,
  token_issued_at timestamptz,
  requester_id uuid,
  approver_id uuid,
  recorded_at timestamptz not null,
  signals text[],
  constraint scanned_pkey primary key (tenant_id, key),
  constraint scanned_is_an_event foreign key (tenant_id, key) references attendance.event (tenant_id, key),
  constraint kind_is_known check (kind in ('in', 'out', 'correction'))
);
comment on table integrity.scanned is
  'The punches and corrections that a scan has read, with what the rules ask by: the indexes that they need stand here, where they cost no check-in. A cache of attendance.event.';
comment on column integrity.scanned.scan is 'The number of the scan that read it: a rule looks at the rows of the last one, and around them at all.';
comment on column integrity.scanned.error is 'Of the effective time; null: nothing but the claim says when it was.';
comment on column integrity.scanned.is_manual is 'Entered by somebody else, without a device.';
create index scanned_scan on integrity.scanned (tenant_id, scan);
create index scanned_subject on integrity.scanned (tenant_id, subject_id, effective_at) where effective_at is not null;
create index scanned_device on integrity.scanned (tenant_id, device_id, effective_at) where device_id is not null;
create index scanned_sequence on integrity.scanned (tenant_id, device_id, boot_id, sequence_number) where sequence_number is not null;
create index scanned_token on integrity.scanned (tenant_id, token, effective_at, key) where token is not null;
create index scanned_corrected on integrity.scanned (tenant_id, subject_id, recorded_at) where kind = 'correction';
create index scanned_approved on integrity.scanned (tenant_id, approver_id, requester_id, recorded_at) where kind = 'correction';

-- What a scan begins with. The index on events is the only one that a check-in pays for.
create index event_xid on attendance.event (tenant_id, xid);
create index idempotency_repeat on core.idempotency (tenant_id, xid) where command in ('repeat_in', 'repeat_out');
create index register_transition_submitted on attendance.register_transition (tenant_id, xid) where to_state = 'submitted';

create table integrity.roll (
  tenant_id uuid not null,
  session_id uuid not null,
  unit_id uuid not null,
  starts_at timestamptz not null,
  people integer not null,
  fingerprint bytea not null,
  constraint roll_pkey primary key (tenant_id, session_id),
  constraint roll_is_of_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint roll_is_of_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint fingerprint_is_sha256 check (octet_length(fingerprint) = 32)
);
comment on table integrity.roll is 'Who got which mark in a session, as one hash: registers of a unit are compared by it (F28). A cache.';
create index roll_unit on integrity.roll (tenant_id, unit_id, starts_at);

create type integrity.reach as (number bigint, since xid8, until xid8, now timestamptz);
comment on type integrity.reach is 'What a scan looks at: its number, the transactions from since until before until, and the instant that counts as now.';

create type integrity.finding as (
  about uuid,
  about_kind text,
  event_key uuid,
  record_id uuid,
  session_id uuid,
  subject_id uuid,
  observed jsonb,
  expected jsonb
);
comment on type integrity.finding is
  'What a rule found: about what, on which event, record and session, about whom, and the evidence. What was observed is a function of stored facts, so that the same finding is the same flag.';

create function integrity.distance_m(
  latitude double precision, longitude double precision, to_latitude double precision, to_longitude double precision
)
returns double precision
language sql
immutable
as $$
  -- haversine on a sphere of 6,371,008.8 m (IUGG mean radius)
  select 12742017.6 * pg_catalog.asin(pg_catalog.sqrt(least(1,
    pg_catalog.power(pg_catalog.sind((to_latitude - latitude) / 2), 2)
    + pg_catalog.cosd(latitude) * pg_catalog.cosd(to_latitude) * pg_catalog.power(pg_catalog.sind((to_longitude - longitude) / 2), 2)
  )))
$$;
comment on function integrity.distance_m(double precision, double precision, double precision, double precision) is
  'Metres between two places in degrees, as the crow flies.';

create function integrity.address(value text)
returns inet
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if value !~ '^[0-9A-Fa-f.:]{2,45}$' then
    return null;
  end if;
  return value::inet;
exception
  when invalid_text_representation then return null;
end $$;
comment on function integrity.address(text) is 'The network address of a text, or null for anything else: evidence is never an error.';

create function integrity.read_events(reach integrity.reach)
returns void
language sql
volatile
as $$
  insert into integrity.scanned (
    tenant_id, key, scan, kind, subject_id, session_id, record_id, business_date, effective_at, error, device_id, device_kind, site_id,
    boot_id, sequence_number, monotonic_us, claimed_at, latitude, longitude, accuracy_m, is_mock,
    is_manual, address, method, token, token_session, token_issued_at, requester_id, approver_id, recorded_at, signals
  )
  select
    e.tenant_id, e.key, (read_events.reach).number, e.kind, e.subject_id, e.session_id, e.record_id, e.business_date, e.effective_at,
    case when e.basis <> 'claim' then e.error_us * interval '1 microsecond' end, e.device_id, d.kind,
    coalesce((select s.site_id from attendance.session as s where s.tenant_id = e.tenant_id and s.id = e.session_id), d.site_id),
    e.boot_id, e.sequence_number, e.monotonic_us, e.claimed_at, e.latitude, e.longitude, e.accuracy_m,
    coalesce(e.evidence ->> 'is_mock' = 'true' or e.evidence ->> 'mock_location' = 'true', false),
    e.device_id is null and e.actor_id is not null and e.actor_id <> e.subject_id,
    integrity.address(e.evidence ->> 'address'),
    coalesce(substring(e.evidence ->> 'method' from '^[a-z][a-z0-9_]{0,39}$'), d.kind),
    pg_catalog.left(e.evidence ->> 'code', 200), pg_catalog.left(e.evidence ->> 'code_session', 64),
    core.instant(e.evidence ->> 'code_issued_at'),
    e.requester_id, e.approver_id, e.recorded_at, e.signals
  from attendance.event as e
  left join timing.device as d on d.tenant_id = e.tenant_id and d.id = e.device_id
  where e.tenant_id = (select core.bound_tenant())
    and e.xid >= (read_events.reach).since
    and e.xid < (read_events.reach).until
    and e.kind in ('in', 'out', 'correction')
  on conflict on constraint scanned_pkey do nothing
$$;
comment on function integrity.read_events(integrity.reach) is 'Reads the punches and corrections of a reach into integrity.scanned, with the fields of their evidence (docs/integrity.md).';

create function integrity.latest(reach integrity.reach)
returns setof integrity.scanned
language sql
stable
rows 1000
as $$
  select s.*
  from integrity.scanned as s
  where s.tenant_id = (select core.bound_tenant()) and s.scan = (latest.reach).number
$$;
comment on function integrity.latest(integrity.reach) is 'The rows that the scan has read: what the rules begin with.';

create function integrity.touched(reach integrity.reach)
returns table (record_id uuid)
language sql
stable
rows 1000
as $$
  select distinct e.record_id
  from attendance.event as e
  where e.tenant_id = (select core.bound_tenant())
    and e.xid >= (touched.reach).since
    and e.xid < (touched.reach).until
    and e.record_id is not null
    and e.kind in ('in', 'out', 'correction', 'revert', 'late_evidence', 'flag')
$$;
comment on function integrity.touched(integrity.reach) is 'The records whose presence may be new or other in a reach.';

create function integrity.on_event(scanned integrity.scanned, observed jsonb, expected jsonb)
returns integrity.finding
language sql
immutable
as $$
  select (
    scanned.key, 'event', scanned.key, scanned.record_id, scanned.session_id, scanned.subject_id, on_event.observed, on_event.expected
  )::integrity.finding
$$;
comment on function integrity.on_event(integrity.scanned, jsonb, jsonb) is 'A finding about a punch.';

alter table integrity.horizon enable row level security;
alter table integrity.horizon force row level security;
create policy owner_keeps_the_bound_tenant on integrity.horizon
for all to smartattend_owner
using (tenant_id = (select core.bound_tenant()))
with check (tenant_id = (select core.bound_tenant()));
alter table integrity.scanned enable row level security;
alter table integrity.scanned force row level security;
create policy owner_reads_the_bound_tenant on integrity.scanned
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on integrity.scanned
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));
alter table integrity.roll enable row level security;
alter table integrity.roll force row level security;
create policy owner_keeps_the_bound_tenant on integrity.roll
for all to smartattend_owner
using (tenant_id = (select core.bound_tenant()))
with check (tenant_id = (select core.bound_tenant()));

commit;
