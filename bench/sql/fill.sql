-- What the benchmark works on: one tenant, its people with a history, a session of today that expects everybody.
-- Run by a superuser in a database of its own. Settings: bench.people, bench.history (people with a history), bench.days,
-- bench.devices, bench.registers.
-- Ids and secrets are made from ordinals (bench.id, bench.token), so that a pgbench script can name them.
create schema bench;
grant usage on schema bench to smartattend_app;

create function bench.id(room integer, ordinal bigint)
returns uuid
language sql
immutable
as $$ select (lpad(to_hex(room), 8, '0') || '00007000' || to_hex(ordinal | (-9223372036854775808)::bigint))::uuid $$;

-- Two random integers of the client as a UUID; the first begins with the time.
create function bench.key(high bigint, low bigint)
returns uuid
language sql
immutable
as $$ select (lpad(to_hex(high), 16, '0') || to_hex(low))::uuid $$;

create function bench.token(tenant_id uuid, kind text, ordinal bigint)
returns text
language sql
immutable
as $$ select 'sa_' || replace(tenant_id::text, '-', '') || '_' || lpad(kind || lpad(to_hex(ordinal), 16, '0'), 64, '0') $$;

select identity.bootstrap_superadmin('bench.superadmin');
select api.tenant_create(
  key => bench.id(0, 1), slug => 'bench', name => 'Benchmark', platform => 'school', time_zone => 'Europe/Berlin',
  admin_login => 'bench.admin', admin_name => 'Administrator', is_sandbox => true,
  token => identity.login_platform('bench.superadmin', 'preparing the benchmark', 'BENCH-1')
);

create table bench.place as
select
  t.tenant_id, s.id as site_id, u.id as root_id, bench.id(1, 1) as unit_id, bench.id(2, 0) as session_id,
  date_trunc('minute', now()) as starts_at,
  current_setting('bench.people')::integer as people,
  current_setting('bench.history')::integer as history,
  current_setting('bench.days')::integer as days,
  current_setting('bench.devices')::integer as devices,
  current_setting('bench.registers')::integer as registers
from tenancy.tenant as t
inner join tenancy.site as s on s.tenant_id = t.tenant_id
inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.site_id = s.id and u.kind = 'site'
where t.slug = 'bench';
grant select on bench.place to smartattend_app;

insert into tenancy.unit (tenant_id, id, site_id, parent_id, kind, code, name)
select p.tenant_id, p.unit_id, p.site_id, p.root_id, 'class_group', 'class', 'Class' from bench.place as p;

-- People from 0 on check in; the last 30 are a class whose registers are taken by the teacher, who is number `people`.
insert into identity."user" (id, login)
select bench.id(3, n), 'bench.' || n from bench.place as p, generate_series(0, p.people) as n;
insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from)
select p.tenant_id, bench.id(3, n), 'M' || n, case when n = p.people then 'faculty' else 'student' end, 'Person ' || n, now() - interval '1 year'
from bench.place as p, generate_series(0, p.people) as n;
insert into identity.role_grant (tenant_id, user_id, role, unit_id)
select p.tenant_id, bench.id(3, p.people), 'faculty', p.unit_id from bench.place as p;

insert into timing.device (tenant_id, id, site_id, code, name, kind)
select p.tenant_id, bench.id(4, n), p.site_id, 'kiosk-' || n, 'Kiosk ' || n, 'kiosk'
from bench.place as p, generate_series(0, p.devices - 1) as n;

insert into identity.login_session (tenant_id, id, kind, device_id, unit_id, token_hash, expires_at)
select p.tenant_id, bench.id(5, n), 'device', bench.id(4, n), p.root_id,
  sha256(convert_to(bench.token(p.tenant_id, 'd', n), 'UTF8')), now() + interval '30 days'
from bench.place as p, generate_series(0, p.devices - 1) as n;
insert into identity.login_session (tenant_id, id, kind, user_id, token_hash, expires_at)
select p.tenant_id, bench.id(6, n), 'user', bench.id(3, n),
  sha256(convert_to(bench.token(p.tenant_id, 'e', n), 'UTF8')), now() + interval '30 days'
from bench.place as p, generate_series(0, p.people) as n;

-- Today's session (number 0), and one a day before it, to which everybody with a history came and went.
insert into attendance.session (
  tenant_id, id, site_id, unit_id, kind, source, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
)
select p.tenant_id, bench.id(2, d), p.site_id, p.unit_id, 'day', 'manual', 'Day ' || d, t.starts_at::date, 'Europe/Berlin',
  t.starts_at, t.starts_at + interval '7 hours', t.starts_at - interval '6 hours', t.starts_at + interval '16 hours', t.starts_at + interval '6 hours'
from bench.place as p
cross join generate_series(0, p.days) as d
cross join lateral (select p.starts_at - make_interval(days => d) as starts_at) as t;
insert into attendance.expectation (
  tenant_id, subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after
)
select s.tenant_id, bench.id(3, n), s.id, 'timetable', s.unit_id, s.business_date, s.starts_at, s.ends_at, s.opens_at, s.closes_at, s.late_after
from bench.place as p
cross join generate_series(0, p.days) as d
inner join attendance.session as s on s.tenant_id = p.tenant_id and s.id = bench.id(2, d)
cross join generate_series(0, case when d = 0 then p.people else p.history end - 1) as n
order by s.starts_at;

insert into attendance.event (
  tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date,
  payload_hash, device_id, effective_at, error_us, basis, recorded_at
)
select s.tenant_id, bench.id(16 * (p.days - d) + e.revision, n), e.kind, bench.id(3, n), s.id, bench.id(256 + p.days - d, n), e.revision,
  'recorded', 'P', s.starts_at, e.out_at, s.business_date, sha256(int8send(n)), bench.id(4, n % p.devices), e.at, 0, 'server', e.at
from bench.place as p
cross join generate_series(1, p.days) as d
inner join attendance.session as s on s.tenant_id = p.tenant_id and s.id = bench.id(2, d)
cross join generate_series(0, p.history - 1) as n
cross join lateral (values (1, 'in', s.starts_at, null), (2, 'out', s.ends_at, s.ends_at)) as e (revision, kind, at, out_at)
order by d desc, e.revision, n;
insert into attendance.record (
  tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at, out_at
)
select s.tenant_id, bench.id(256 + p.days - d, n), bench.id(3, n), s.id, s.unit_id, s.business_date, s.starts_at,
  'recorded', 'capture', 'P', 2, false, s.starts_at, s.ends_at
from bench.place as p
cross join generate_series(1, p.days) as d
inner join attendance.session as s on s.tenant_id = p.tenant_id and s.id = bench.id(2, d)
cross join generate_series(0, p.history - 1) as n
order by d desc, n;

-- Open registers of 30 people each.
insert into attendance.session (
  tenant_id, id, site_id, unit_id, kind, source, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
)
select p.tenant_id, bench.id(7, n), p.site_id, p.unit_id, 'meeting', 'manual', 'Lesson ' || n, t.starts_at::date, 'Europe/Berlin',
  t.starts_at, t.starts_at + interval '45 minutes', t.starts_at, t.starts_at + interval '1 hour', t.starts_at + interval '5 minutes'
from bench.place as p
cross join generate_series(0, p.registers - 1) as n
cross join lateral (select p.starts_at + n * interval '1 second' as starts_at) as t;
insert into attendance.register (tenant_id, session_id)
select p.tenant_id, bench.id(7, n) from bench.place as p, generate_series(0, p.registers - 1) as n;
update attendance.register set state = 'open', state_via = 'open';
insert into attendance.expectation (
  tenant_id, subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after
)
select s.tenant_id, bench.id(3, p.people - 1 - m), s.id, 'timetable', s.unit_id, s.business_date, s.starts_at, s.ends_at, s.opens_at, s.closes_at,
  s.late_after
from bench.place as p
cross join generate_series(0, p.registers - 1) as n
inner join attendance.session as s on s.tenant_id = p.tenant_id and s.id = bench.id(7, n)
cross join generate_series(0, 29) as m;

-- The measure: the columns, defaults and unique keys of attendance.event, the same rows, and nothing else (no checks by domains, either).
create table bench.bare (like attendance.event including defaults);
do $$
declare
  v_column record;
begin
  for v_column in
    select a.attname, format_type(t.typbasetype, t.typtypmod) as base
    from pg_attribute as a
    inner join pg_type as t on t.oid = a.atttypid
    where a.attrelid = 'bench.bare'::regclass and a.attnum > 0 and t.typtype = 'd'
  loop
    execute format('alter table bench.bare alter column %I type %s', v_column.attname, v_column.base);
  end loop;
end $$;
insert into bench.bare select e.* from attendance.event as e order by e.recorded_at;
do $$
declare
  v_key record;
begin
  for v_key in
    select c.conname, pg_get_constraintdef(c.oid) as definition
    from pg_constraint as c
    where c.conrelid = 'attendance.event'::regclass and c.contype in ('p', 'u')
  loop
    execute format('alter table bench.bare add constraint %I %s', v_key.conname || '_bare', v_key.definition);
  end loop;
end $$;
grant select, insert on bench.bare to smartattend_app;
