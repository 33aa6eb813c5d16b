-- What an application does that keeps the same rules itself: eleven statements in one transaction, as a superuser (no policies).
-- pgbench plays the application, which flatters it: it spends less time between the statements than any program would.
\set n :n + 1
\set person :first + permute(:client_id + :clients * :n, :people)
\set high (:epoch_ms + :n) * 65536 + 28672 + random(0, 4095)
\set low random(-9223372036854775808, -4611686018427387905)
\set low2 random(-9223372036854775808, -4611686018427387905)
begin;
select s.id, s.kind, s.device_id, s.expires_at, s.revoked_at, t.state
from identity.login_session as s
inner join tenancy.tenant as t on t.tenant_id = s.tenant_id
where s.tenant_id = '{tenant_id}' and s.token_hash = sha256(convert_to(bench.token('{tenant_id}', 'd', :client_id), 'UTF8'));
select m.active_from, m.active_until, s.repeat_within, s.online_within, s.open_for_at_most
from identity.membership as m
inner join tenancy.setting as s on s.tenant_id = m.tenant_id
where m.tenant_id = '{tenant_id}' and m.user_id = bench.id(3, :person)
for no key update of m;
select e.payload_hash from attendance.event as e where e.tenant_id = '{tenant_id}' and e.key = bench.key(:high, :low);
select r.id, r.session_id, r.in_at from attendance.record as r where r.tenant_id = '{tenant_id}' and r.subject_id = bench.id(3, :person) and r.is_open;
select x.session_id, x.unit_id, x.business_date, x.late_after
from attendance.expectation as x
where x.tenant_id = '{tenant_id}' and x.subject_id = bench.id(3, :person)
  and x.opens_at between now() - interval '48 hours' and now() and x.closes_at >= now() and x.withdrawn_at is null
order by x.starts_at
limit 1;
select r.id, r.session_id, r.in_at
from attendance.record as r
where r.tenant_id = '{tenant_id}' and r.subject_id = bench.id(3, :person)
  and r.business_date between current_date - 1 and current_date + 1 and r.state <> 'voided'
  and (r.in_at > now() - interval '1 minute' or r.session_id = '{session_id}');
select c.code from attendance.code as c where c.tenant_id = '{tenant_id}' and c.category = 'present' and c.is_default;
insert into attendance.event (
  tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, business_date,
  login_session_id, payload_hash, device_id, effective_at, error_us, basis, recorded_at, elapsed_us
)
values (
  '{tenant_id}', bench.key(:high, :low), 'in', bench.id(3, :person), '{session_id}', bench.key(:high, :low2), 1, 'recorded', 'P', now(), current_date,
  bench.id(5, :client_id), '\x6a09e667f3bcc908b2fb1366ea957d3e3adec17512775099da2f590b0667322a', bench.id(4, :client_id),
  now(), 0, 'server', now(), 400
);
insert into attendance.record (
  tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at
)
values (
  '{tenant_id}', bench.key(:high, :low2), bench.id(3, :person), '{session_id}', bench.id(1, 1), current_date, now(), 'recorded', 'capture', 'P', 1, true,
  now()
);
commit;
