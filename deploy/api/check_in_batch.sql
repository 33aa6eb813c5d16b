-- Deploy smartattend:api/check_in_batch to pg
begin;
set local role smartattend_owner;

create type attendance.simple_punch as (
  ordinal integer,
  key_text text,
  key uuid,
  subject_id uuid,
  claim attendance.claim,
  record_id uuid,
  payload_hash bytea,
  effective_at timestamptz,
  error_us bigint,
  basis text,
  session_id uuid,
  unit_id uuid,
  starts_at timestamptz,
  business_date date,
  code text
);
comment on type attendance.simple_punch is 'A check-in of a batch that needs no weighing, with its result.';

create function attendance.simple_punches(entries jsonb)
returns setof attendance.simple_punch
language sql
volatile
rows 1000
set search_path = pg_catalog, pg_temp
as $$
  -- Scalar subqueries and limits keep every look-up an index probe: estimates over jsonb would join whole tables.
  with punch as materialized (
    select p.* from attendance.read_punches(simple_punches.entries) as p where p.fault is null
  )
  select
    e.ordinal, e.key_text, e.key, e.subject_id, e.claim, e.key,
    attendance.claim_hash('in', e.subject_id, e.claim), t.effective_at, t.error_us, t.basis, x.session_id, x.unit_id,
    x.starts_at, d.business_date,
    (
      select c.code
      from attendance.code as c
      where c.tenant_id = a.tenant_id
        and c.category = case when t.earliest > x.late_after then 'late' else 'present' end
        and c.is_default
    )
  from punch as e
  cross join core.actor() as a
  cross join (select s.* from tenancy.setting as s where s.tenant_id = core.bound_tenant()) as s
  cross join lateral (
    select
      (q.estimate).effective_at,
      (q.estimate).error_us,
      (q.estimate).basis,
      (q.estimate).signals,
      coalesce((q.estimate).effective_at - (q.estimate).error_us * interval '1 microsecond', '-infinity') as earliest,
      coalesce((q.estimate).effective_at + (q.estimate).error_us * interval '1 microsecond', 'infinity') as latest
    from (
      select
        case
          when num_nulls((e.claim).claimed_at, (e.claim).monotonic_us) = 2 then (c.now, 0, 'server', null)::timing.estimate
          else timing.estimate(
            coalesce((e.claim).device_id, a.device_id), (e.claim).boot_id, (e.claim).sequence_number, (e.claim).monotonic_us,
            (e.claim).claimed_at, c.now
          )
        end as estimate
      from (select core.clock() as now offset 0) as c
      offset 0
    ) as q
    offset 0
  ) as t
  inner join lateral (
    select m.active_from, m.active_until
    from identity.membership as m
    where m.tenant_id = a.tenant_id and m.user_id = e.subject_id
    limit 1
  ) as m on m.active_from <= t.effective_at and coalesce(m.active_until, 'infinity') > t.effective_at
  left join lateral (
    select o.session_id, o.unit_id, o.starts_at, o.late_after, o.business_date
    from attendance.expectation as o
    where o.tenant_id = a.tenant_id
      and o.subject_id = e.subject_id
      and o.opens_at between t.effective_at - interval '48 hours' and t.effective_at
      and o.closes_at >= t.effective_at
      and o.withdrawn_at is null
    order by abs(extract(epoch from o.starts_at - t.effective_at)), o.starts_at
    limit 1
  ) as x on true
  cross join lateral (
    select case
      when x.business_date is not null then x.business_date
      else attendance.business_date(
        t.effective_at, attendance.subject_zone(coalesce((e.claim).device_id, a.device_id)), s.day_starts_at
      )
    end as business_date
    offset 0
  ) as d
  where e.kind = 'in'
    and t.signals is null
    and (t.error_us = 0 or x.late_after is null or t.earliest > x.late_after or t.latest <= x.late_after)
    and (s.closed_until is null or coalesce(x.starts_at, t.effective_at) >= s.closed_until)
    and e.subject_id not in (select p.subject_id from punch as p where p.subject_id is not null group by p.subject_id having count(*) > 1)
    and e.key not in (select p.key from punch as p group by p.key having count(*) > 1)
    and (e.claim).claimed_zone is null
    and (e.claim).evidence is null
    and coalesce((e.claim).claimed_at between timestamptz '1970-01-01 00:00+00' and timestamptz '2199-12-31 00:00+00', true)
    and coalesce(
      (e.claim).latitude between -90 and 90 and (e.claim).longitude between -180 and 180,
      num_nulls((e.claim).latitude, (e.claim).longitude) = 2
    )
    and coalesce((e.claim).accuracy_m between 0 and 1000000, true)
    and (
      (e.claim).device_id is null
      or (select d.retired_at is null from timing.device as d where d.tenant_id = a.tenant_id and d.id = (e.claim).device_id)
    )
    and (select true from core.idempotency as i where i.tenant_id = a.tenant_id and i.key = e.key) is null
    and (
      select true from attendance.record as r where r.tenant_id = a.tenant_id and r.subject_id = e.subject_id and r.is_open
    ) is null
    and (
      select true
      from attendance.record as r
      where r.tenant_id = a.tenant_id
        and r.subject_id = e.subject_id
        and r.business_date between d.business_date - 1 and d.business_date + 1
        and r.state <> 'voided'
        and (
          r.session_id = x.session_id
          or r.in_at between t.effective_at - s.repeat_within and t.effective_at + s.repeat_within
        )
      limit 1
    ) is null
$$;
comment on function attendance.simple_punches(jsonb) is
  'The check-ins of a batch that need no weighing: the only entry of an active person, whose time raises no question, no open record and no record near it. A key that an event has is found by the insert. The caller has bound the session, locked the people and judged the permission.';

create function attendance.capture_simple(entries jsonb)
returns core.batch_outcome[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_punches attendance.simple_punch[];
  v_keys uuid[];
begin
  v_punches := array(select p from attendance.simple_punches(capture_simple.entries) as p);
  with written as (
    insert into attendance.event (
      tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, business_date,
      actor_id, login_session_id, payload_hash, claimed_at, device_id, boot_id, sequence_number, monotonic_us,
      latitude, longitude, accuracy_m, effective_at, error_us, basis, elapsed_us
    )
    select
      v_actor.tenant_id, p.key, 'in', p.subject_id, p.session_id, p.record_id, 1, 'recorded', p.code, p.effective_at, p.business_date,
      v_actor.user_id, v_actor.session_id, p.payload_hash, (p.claim).claimed_at, coalesce((p.claim).device_id, v_actor.device_id),
      (p.claim).boot_id, (p.claim).sequence_number, (p.claim).monotonic_us, (p.claim).latitude, (p.claim).longitude,
      (p.claim).accuracy_m, p.effective_at, p.error_us, p.basis,
      core.elapsed_us(v_actor) / greatest(cardinality(v_punches), 1)
    from unnest(v_punches) as p
    on conflict do nothing -- by key or by record: two people with one new key meet in both
    returning key
  )
  select array_agg(w.key) into v_keys from written as w;
  if cardinality(v_keys) is distinct from cardinality(v_punches) then
    -- A key was used before, or in flight elsewhere: that entry is weighed by itself.
    v_punches := array(select p from unnest(v_punches) as p where p.key = any (v_keys));
  end if;
  insert into attendance.record (
    tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at
  )
  select
    v_actor.tenant_id, p.record_id, p.subject_id, p.session_id, p.unit_id, p.business_date,
    case when p.starts_at is null then p.effective_at else p.starts_at end, 'recorded', 'capture', p.code, 1, true, p.effective_at
  from unnest(v_punches) as p;
  return array(
    select (
      p.ordinal, p.key_text, 'accepted', null, null, p.record_id, 1,
      attendance.detail(p.session_id, 'recorded', p.code, p.business_date, p.effective_at, p.basis)
    )::core.batch_outcome
    from unnest(v_punches) as p
  );
end $$;
comment on function attendance.capture_simple(jsonb) is
  'Takes the simple check-ins of a batch in one statement a table and answers their outcomes; the rest is attendance.capture''s.';

create function api.check_in_batch(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
rows 1000
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(check_in_batch.token);
  v_done core.batch_outcome[] := array[]::core.batch_outcome[];
  v_entry record;
  v_outcome core.outcome;
  v_code text;
  v_detail text;
begin
  if jsonb_typeof(check_in_batch.entries) is distinct from 'array' or jsonb_array_length(check_in_batch.entries) > 10000 then
    perform core.fail(
      'SA010', 'entries: ' || coalesce(jsonb_typeof(check_in_batch.entries), 'null'), 'a JSON array of at most 10,000 entries'
    );
  end if;
  if core.bound_tenant('capture_write') is null then
    v_outcome := ledger.refuse('check_in_batch', null, check_in_batch.entries, core.refused('SA107'));
    return query
    select p.ordinal, p.key_text, v_outcome.status, v_outcome.code, v_outcome.message, null::uuid, null::integer, v_outcome.detail
    from attendance.read_punches(check_in_batch.entries) as p;
    return;
  end if;
  -- Everybody at once, in the order of their ids; from here on nobody else writes about them.
  perform
  from identity.membership as m
  where m.tenant_id = v_actor.tenant_id
    and m.user_id = any (array(
      select core.uuid(e.entry ->> 'subject_id') from jsonb_array_elements(check_in_batch.entries) as e (entry)
    ))
  order by m.user_id
  for no key update;

  if v_actor.kind = 'device' or identity.holds('attendance.capture') then
    begin
      v_done := attendance.capture_simple(check_in_batch.entries);
    exception
      when unique_violation or exclusion_violation then
        v_done := array[]::core.batch_outcome[]; -- A backstop spoke: weigh each entry by itself.
    end;
  end if;
  for v_entry in
    select p.*
    from attendance.read_punches(check_in_batch.entries) as p
    where cardinality(v_done) < jsonb_array_length(check_in_batch.entries)
      and not exists (select from unnest(v_done) as d where d.ordinal = p.ordinal)
    order by p.ordinal
  loop
    begin
      if v_entry.fault is not null then
        perform core.fail('SA014', 'entry ' || v_entry.ordinal, v_entry.fault);
      end if;
      v_outcome := attendance.capture(v_actor, v_entry.kind, v_entry.key, coalesce(v_entry.subject_id, v_actor.user_id), v_entry.claim);
    exception
      when sqlstate 'SA000' then
        get stacked diagnostics v_code = returned_sqlstate, v_detail = pg_exception_detail;
        v_outcome := core.refused(v_code, v_detail::jsonb);
    end;
    v_done := v_done || (
      v_entry.ordinal, v_entry.key_text, v_outcome.status, v_outcome.code, v_outcome.message, v_outcome.id, v_outcome.revision,
      v_outcome.detail
    )::core.batch_outcome;
  end loop;
  return query
  select d.* from unnest(v_done) as d order by d.ordinal;
end $$;
comment on function api.check_in_batch(jsonb, text) is
  'Takes up to 10,000 punches [{key, kind: in|out, subject_id, claimed_at, claimed_zone, device_id, boot_id, sequence_number, monotonic_us, latitude, longitude, accuracy_m, evidence}], instants as ISO 8601 with an offset, in their order; answers one outcome each, errors of an entry (SA010, SA011, SA012, SA014) and refusals (SA102, SA104, SA117) included. Raises SA001–SA006, and SA010 if entries is not such an array; refusal of all SA107.';
grant execute on function api.check_in_batch(jsonb, text) to smartattend_app;

commit;
