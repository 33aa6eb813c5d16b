-- The two inserts of a check-in alone, without keys elsewhere, guards or policies: what is left when all rules are gone.
\set n :n + 1
\set person :first + permute(:client_id + :clients * :n, :people)
\set high (:epoch_ms + :n) * 65536 + 28672 + random(0, 4095)
\set low random(-9223372036854775808, -4611686018427387905)
\set low2 random(-9223372036854775808, -4611686018427387905)
with event as (
  insert into bench.bare (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, business_date,
    login_session_id, payload_hash, device_id, effective_at, error_us, basis, recorded_at, elapsed_us
  )
  values (
    '{tenant_id}', bench.key(:high, :low), 'in', bench.id(3, :person), '{session_id}', bench.key(:high, :low2), 1, 'recorded', 'P', now(),
    current_date, bench.id(5, :client_id), '\x6a09e667f3bcc908b2fb1366ea957d3e3adec17512775099da2f590b0667322a', bench.id(4, :client_id),
    now(), 0, 'server', now(), 400
  )
  returning tenant_id, record_id, subject_id, session_id, business_date, in_at
)
insert into bench.bare_record (
  tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at
)
select e.tenant_id, e.record_id, e.subject_id, e.session_id, bench.id(1, 1), e.business_date, e.in_at, 'recorded', 'capture', 'P', 1, true, e.in_at
from event as e;
