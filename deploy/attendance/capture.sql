-- Deploy smartattend:attendance/capture to pg
begin;
set local role smartattend_owner;

create function attendance.check_claim(claim attendance.claim)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if claim.claimed_at is not null
    and not (claim.claimed_at >= timestamptz '1970-01-01 00:00+00' and claim.claimed_at < timestamptz '2200-01-01 00:00+00')
  then
    perform core.fail('SA010', 'claimed_at ' || claim.claimed_at::text, 'an instant from 1970 to 2199');
  end if;
  if claim.claimed_zone is not null and not core.is_time_zone(claim.claimed_zone) then
    perform core.fail('SA010', 'claimed_zone ' || claim.claimed_zone, 'an IANA time zone');
  end if;
  if num_nulls(claim.latitude, claim.longitude) = 1
    or not coalesce(claim.latitude between -90 and 90 and claim.longitude between -180 and 180, true)
    or not coalesce(claim.accuracy_m between 0 and 1000000, true)
  then
    perform core.fail(
      'SA010', format('place %s, %s, %s m', claim.latitude, claim.longitude, claim.accuracy_m),
      'latitude −90 to 90 with longitude −180 to 180, accuracy_m 0 to 1,000,000'
    );
  end if;
  if not coalesce(claim.sequence_number >= 0 and claim.monotonic_us >= 0, claim.sequence_number >= 0, claim.monotonic_us >= 0, true) then
    perform core.fail('SA010', 'a negative sequence_number or monotonic_us', 'zero or more');
  end if;
  if claim.evidence is not null and (jsonb_typeof(claim.evidence) <> 'object' or octet_length(claim.evidence::text) > 8192) then
    perform core.fail('SA010', 'evidence of ' || octet_length(claim.evidence::text) || ' bytes', 'a JSON object of at most 8,192 bytes');
  end if;
  if claim.device_id is not null and not exists (
    select from timing.device as d
    where d.tenant_id = (core.actor()).tenant_id and d.id = claim.device_id and d.retired_at is null
  ) then
    perform core.fail('SA011', 'device_id ' || claim.device_id::text, 'a device of this tenant that is in service');
  end if;
end $$;
comment on function attendance.check_claim(attendance.claim) is
  'Raises SA010 or SA011 for a claim that is malformed. A wrong clock is not malformed: years from 1970 to 2199 are kept and judged.';

create function attendance.claim_hash(kind text, subject_id uuid)
returns bytea
language sql
immutable
as $$ select pg_catalog.sha256(pg_catalog.uuid_send(claim_hash.subject_id) || pg_catalog.textsend(claim_hash.kind)) $$;
comment on function attendance.claim_hash(text, uuid) is 'SHA-256 of a punch that claims nothing.';

create function attendance.claim_hash(kind text, subject_id uuid, claim attendance.claim)
returns bytea
language sql
stable
as $$
  select case
    when claim_hash.claim is null
    then attendance.claim_hash(claim_hash.kind, claim_hash.subject_id)
    else pg_catalog.sha256(pg_catalog.convert_to(
      row(
        claim_hash.kind, claim_hash.subject_id, extract(epoch from (claim_hash.claim).claimed_at), (claim_hash.claim).claimed_zone,
        (claim_hash.claim).device_id, (claim_hash.claim).boot_id, (claim_hash.claim).sequence_number, (claim_hash.claim).monotonic_us,
        (claim_hash.claim).latitude::numeric, (claim_hash.claim).longitude::numeric, (claim_hash.claim).accuracy_m::numeric,
        (claim_hash.claim).evidence
      )::text,
      'UTF8'
    ))
  end
$$;
comment on function attendance.claim_hash(text, uuid, attendance.claim) is
  'SHA-256 of what the caller sent, independent of the settings of its connection.';

create function attendance.subject_zone(device_id uuid)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    (
      select s.time_zone
      from timing.device as d
      inner join tenancy.site as s on s.tenant_id = d.tenant_id and s.id = d.site_id
      where d.tenant_id = core.bound_tenant() and d.id = subject_zone.device_id
    ),
    (select t.time_zone from tenancy.tenant as t where t.tenant_id = core.bound_tenant())
  );
end $$;
comment on function attendance.subject_zone(uuid) is 'The zone of an unscheduled punch: of the device''s site, otherwise the tenant''s.';

create function attendance.unscheduled_date(instant timestamptz, device_id uuid)
returns date
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return attendance.business_date(
    unscheduled_date.instant,
    attendance.subject_zone(unscheduled_date.device_id),
    (select s.day_starts_at from tenancy.setting as s where s.tenant_id = core.bound_tenant())
  );
end $$;
comment on function attendance.unscheduled_date(timestamptz, uuid) is 'The business date of a punch of no session, in the zone of its device.';

create function attendance.capture(actor core.actor, kind text, key uuid, subject_id uuid, claim attendance.claim)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan -- each statement is a probe by one index: planning it anew costs more than running it,
set enable_seqscan = off -- and a plan made while the tables were still empty stays right when they have grown
as $$
declare
  -- Variables, not the fields of one record, and branches, not one expression: what a usual check-in does not reach is never prepared.
  v_hash bytea;
  v_active_from timestamptz;
  v_active_until timestamptz;
  v_now timestamptz;
  v_device_id uuid := coalesce(claim.device_id, actor.device_id);
  v_at timestamptz;
  v_error_us bigint;
  v_basis text := 'server';
  v_signals text[];
  v_estimate timing.estimate;
  v_earliest timestamptz;
  v_session_id uuid;
  v_unit_id uuid;
  v_starts_at timestamptz;
  v_late_after timestamptz;
  v_date date;
  v_code text;
  v_closed_until timestamptz;
  v_is_to_weigh boolean;
  v_event attendance.event;
begin
  if capture.key is null then
    perform core.fail('SA012', 'key is null', 'key: a uuid that the caller chose for this punch');
  end if;
  if claim is null then
    v_hash := attendance.claim_hash(capture.kind, capture.subject_id);
  else
    perform attendance.check_claim(claim);
    v_hash := attendance.claim_hash(capture.kind, capture.subject_id, claim);
  end if;

  -- Lock the person, then look, then read the clock, then write: constraints are the backstop.
  select m.active_from, m.active_until into v_active_from, v_active_until
  from identity.membership as m
  where m.tenant_id = actor.tenant_id and m.user_id = capture.subject_id
  for no key update of m;
  if not found then
    perform core.fail('SA011', 'subject_id ' || coalesce(capture.subject_id::text, 'null'), 'a member of this tenant');
  end if;
  v_now := core.clock();
  if claim.claimed_at is null and claim.monotonic_us is null then
    v_at := v_now;
    v_earliest := v_now;
    v_error_us := 0::bigint;
  else
    v_estimate := timing.estimate(v_device_id, claim.boot_id, claim.sequence_number, claim.monotonic_us, claim.claimed_at, v_now);
    v_at := v_estimate.effective_at;
    v_error_us := v_estimate.error_us;
    v_basis := v_estimate.basis;
    v_signals := v_estimate.signals;
    v_earliest := coalesce(v_at - v_error_us * interval '1 microsecond', '-infinity');
  end if;

  if capture.kind = 'in' then
    -- The key, the expected session, its verdict, an open record and one that may be near: one statement, each a probe by one index,
    -- which the policies bound to the tenant (its code says no more: a condition costs as much as a look-up). A key that an event has is
    -- found by the insert. Late is who is certainly late. Whatever may be near is weighed: what is near, attendance.weigh knows.
    select
      x.session_id,
      x.unit_id,
      x.starts_at,
      x.late_after,
      x.business_date,
      (
        select c.code
        from attendance.code as c
        where c.category = case when v_earliest > x.late_after then 'late' else 'present' end and c.is_default
      ),
      (select s.closed_until from tenancy.setting as s),
      exists (select from core.idempotency as i where i.key = capture.key)
      or exists (select from attendance.record as r where r.subject_id = capture.subject_id and r.is_open)
      or exists (
        select from attendance.record as r
        where r.subject_id = capture.subject_id
          and r.business_date >= (v_at at time zone 'UTC')::date - 3 -- whatever the zone
          and r.state <> 'voided'
          and (r.session_id = x.session_id or r.in_at >= v_at - interval '10 minutes') -- which repeat_within is at most
      )
    into v_session_id, v_unit_id, v_starts_at, v_late_after, v_date, v_code, v_closed_until, v_is_to_weigh
    from (select) as one
    left join lateral (
      select x.session_id, x.unit_id, x.business_date, x.starts_at, x.late_after
      from attendance.expectation as x
      where x.subject_id = capture.subject_id
        and x.opens_at between v_at - interval '48 hours' and v_at
        and x.closes_at >= v_at
        and x.withdrawn_at is null
      order by greatest(x.starts_at - v_at, v_at - x.starts_at), x.starts_at
      limit 1
    ) as x on true;
    if v_date is null then
      v_date := attendance.unscheduled_date(v_at, v_device_id);
    end if;
    if v_error_us is distinct from 0 then
      if v_earliest <= v_late_after and coalesce(v_at + v_error_us * interval '1 microsecond', 'infinity') > v_late_after then
        v_signals := v_signals || array['F09:undecidable'];
      end if;
    end if;
    if not v_is_to_weigh
      and v_signals is null
      and (capture.subject_id = actor.user_id or actor.kind = 'device' or identity.holds('attendance.capture'))
      and v_active_from <= v_at
      and coalesce(v_active_until, 'infinity') > v_at
      and (v_closed_until is null or coalesce(v_starts_at, v_at) >= v_closed_until)
    then
      -- A person who comes in, and nothing to weigh: one event, and the record that it names with its own key.
      insert into attendance.event (
        tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, business_date,
        actor_id, login_session_id, payload_hash, claimed_at, claimed_zone, device_id, boot_id, sequence_number, monotonic_us,
        latitude, longitude, accuracy_m, evidence, effective_at, error_us, basis, recorded_at, elapsed_us
      )
      values (
        actor.tenant_id, capture.key, 'in', capture.subject_id, v_session_id, capture.key, 1, 'recorded', v_code, v_at, v_date,
        actor.user_id, actor.session_id, v_hash, claim.claimed_at, claim.claimed_zone, v_device_id, claim.boot_id,
        claim.sequence_number, claim.monotonic_us, claim.latitude, claim.longitude, claim.accuracy_m, claim.evidence, v_at,
        v_error_us, v_basis, v_now, core.elapsed_us(actor)
      )
      on conflict do nothing; -- by key or by record: two people with one new key meet in both
      if not found then
        return attendance.answer_known_key(capture.kind, capture.key, v_hash);
      end if;
      insert into attendance.record (
        tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at
      )
      values (
        actor.tenant_id, capture.key, capture.subject_id, v_session_id, v_unit_id, v_date, coalesce(v_starts_at, v_at), 'recorded',
        'capture', v_code, 1, true, v_at
      );
      return core.accepted(capture.key, 1, attendance.detail(v_session_id, 'recorded', v_code, v_date, v_at, v_basis));
    end if;
    v_event.session_id := v_session_id;
    v_event.code := v_code;
    v_event.in_at := v_at;
  else
    v_date := attendance.unscheduled_date(v_at, v_device_id);
  end if;
  if not (v_active_from <= v_at and coalesce(v_active_until, 'infinity') > v_at) then
    v_signals := v_signals || array['F20'];
  end if;
  v_event.tenant_id := actor.tenant_id;
  v_event.key := capture.key;
  v_event.kind := capture.kind;
  v_event.subject_id := capture.subject_id;
  v_event.business_date := v_date;
  v_event.payload_hash := v_hash;
  v_event.device_id := v_device_id;
  v_event.effective_at := v_at;
  v_event.error_us := v_error_us;
  v_event.basis := v_basis;
  v_event.signals := v_signals;
  v_event.recorded_at := v_now;
  return attendance.weigh(actor, v_event, claim, v_unit_id, v_starts_at);
end $$;
comment on function attendance.capture(core.actor, text, uuid, uuid, attendance.claim) is
  'Takes one punch (kind in or out) of a person: locks the person, estimates the time, matches the session; where nothing has to be weighed, inserts one event with its complete result and the record it makes, named by the event''s key, and otherwise asks attendance.weigh. Callers have bound the session of the actor. Errors SA010, SA011, SA012; refusals SA102, SA104, SA117.';

commit;
