-- Deploy smartattend:integrity/rules_of_devices to pg
begin;
set local role smartattend_owner;

create function integrity.is_flagged(rule text, about uuid)
returns boolean
language sql
stable
as $$
  select exists (
    select from integrity.flag as f
    where f.tenant_id = (select core.bound_tenant())
      and f.rule = is_flagged.rule
      and f.about = is_flagged.about
      and f.state <> 'auto_cleared'
  )
$$;
comment on function integrity.is_flagged(text, uuid) is
  'Whether the rule has spoken about it, and that was not cleared. For rules whose evidence names what was there before: it may become another when something arrives late, and is no second flag.';

create function integrity.spoken(reach integrity.reach)
returns table (e integrity.scanned, first_subject_id uuid, first_key uuid)
language sql
stable
rows 10
as $$
  select c.e, f.subject_id, f.key
  from (
    select
      l.device_id, l.session_id, l.business_date, min(l.effective_at) as since, max(l.effective_at) + interval '2 days' as until
    from integrity.latest(spoken.reach) as l
    where l.device_kind = 'personal'
    group by l.device_id, l.session_id, l.business_date
  ) as g
  -- the new ones, and what was there and comes after them
  cross join lateral (
    select s as e
    from integrity.scanned as s
    where s.tenant_id = (select core.bound_tenant())
      and s.device_id = g.device_id
      and s.effective_at between g.since and g.until
      and s.session_id is not distinct from g.session_id
      and s.business_date = g.business_date
    offset 0
  ) as c
  cross join lateral (
    select s.subject_id, s.key
    from integrity.scanned as s
    where s.tenant_id = (select core.bound_tenant())
      and s.device_id = g.device_id
      and s.effective_at between (c.e).effective_at - interval '2 days' and (c.e).effective_at
      and s.session_id is not distinct from g.session_id
      and s.business_date = g.business_date
    order by s.effective_at, s.key
    limit 1
  ) as f
$$;
comment on function integrity.spoken(integrity.reach) is
  'What personal devices said in the sessions (without one: on the dates) of which something is new, from the first new one on, each with the first of all: what arrives late may change who was first.';

create function integrity.f04(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.e,
    pg_catalog.jsonb_build_object('device_id', (t.e).device_id, 'first_subject_id', t.first_subject_id, 'first_key', t.first_key),
    pg_catalog.jsonb_build_object('people', 1)
  )
  from integrity.spoken(f04.reach) as t
  where t.first_subject_id <> (t.e).subject_id and not integrity.is_flagged('F04', (t.e).key)
$$;
comment on function integrity.f04(integrity.reach) is
  'F04: a personal device spoke for somebody else before, in the same session (without one: on the same date). About everybody but the first; cleared when what arrives late shows that one was the first oneself.';

create function integrity.f05(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    e,
    pg_catalog.jsonb_build_object('device_id', e.device_id, 'registered_at', attendance.utc(d.registered_at)),
    pg_catalog.jsonb_build_object('starts_at', attendance.utc(s.starts_at), 'minutes_before', integrity.number('F05', 'before_start'))
  )
  from integrity.latest(f05.reach) as e
  inner join timing.device as d on d.tenant_id = e.tenant_id and d.id = e.device_id
  inner join attendance.session as s on s.tenant_id = e.tenant_id and s.id = e.session_id
  where e.kind = 'in'
    and d.kind <> 'server'
    and d.registered_at >= s.starts_at - (select integrity.number('F05', 'before_start')) * interval '1 minute'
    and d.registered_at <= e.effective_at
$$;
comment on function integrity.f05(integrity.reach) is
  'F05: the device was registered ten minutes (parameter before_start) before the session began, or later; what it claims of the time before it was registered is not judged.';

create function integrity.first_of_boot(device_id uuid, boot_id uuid)
returns setof integrity.scanned
language sql
stable
rows 1
as $$
  select s.*
  from integrity.scanned as s
  where s.tenant_id = (select core.bound_tenant())
    and s.device_id = first_of_boot.device_id
    and s.boot_id = first_of_boot.boot_id
    and s.sequence_number is not null
    and s.monotonic_us is not null
    and s.claimed_at is not null
  order by s.sequence_number
  limit 1
$$;
comment on function integrity.first_of_boot(uuid, uuid) is 'The first punch of a boot that has both clocks, as far as has arrived.';

create function integrity.f10(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.e,
    pg_catalog.jsonb_build_object(
      'device_id', (t.e).device_id, 'boot_id', (t.e).boot_id, 'first_key', t.first_key, 'stepped_seconds', pg_catalog.round(t.stepped_us / 1000000)
    ),
    pg_catalog.jsonb_build_object('seconds_at_most', extract(epoch from t.clock_step_over))
  )
  from (
    select
      c.e, f.key as first_key, s.clock_step_over,
      extract(epoch from (c.e).claimed_at - f.claimed_at) * 1000000 - ((c.e).monotonic_us - f.monotonic_us) as stepped_us
    from tenancy.setting as s
    cross join (
      select l as e
      from integrity.latest(f10.reach) as l
      union all
      -- what was there, when the first of its boot is new
      select o.e
      from (
        select distinct l.device_id, l.boot_id
        from integrity.latest(f10.reach) as l
        where l.sequence_number is not null and l.monotonic_us is not null and l.claimed_at is not null and l.boot_id is not null
      ) as b
      cross join lateral (select f.scan from integrity.first_of_boot(b.device_id, b.boot_id) as f offset 0) as n
      cross join lateral (
        select s as e
        from integrity.scanned as s
        where s.tenant_id = (select core.bound_tenant())
          and s.device_id = b.device_id
          and s.boot_id = b.boot_id
          and s.sequence_number is not null
          and s.scan <> n.scan
        offset 0
      ) as o
      where n.scan = (f10.reach).number
    ) as c
    cross join lateral (select f.* from integrity.first_of_boot((c.e).device_id, (c.e).boot_id) as f offset 0) as f
    where s.tenant_id = (select core.bound_tenant())
      and (c.e).monotonic_us is not null
      and (c.e).claimed_at is not null
      and not coalesce('F10' = any ((c.e).signals), false)
  ) as t
  where pg_catalog.abs(t.stepped_us) > extract(epoch from t.clock_step_over) * 1000000
    and not integrity.is_flagged('F10', (t.e).key)
$$;
comment on function integrity.f10(integrity.reach) is
  'F10: since the first punch of the boot, as far as has arrived, the wall clock went on by another time than the monotonic clock. What a comparison with the clock samples shows is noticed by the capture.';

create function integrity.numbered(reach integrity.reach)
returns table (e integrity.scanned, previous bigint)
language sql
stable
rows 10
as $$
  select
    c.e,
    (
      select s.sequence_number
      from integrity.scanned as s
      where s.tenant_id = (c.e).tenant_id
        and s.device_id = (c.e).device_id
        and s.boot_id = (c.e).boot_id
        and s.sequence_number < (c.e).sequence_number
      order by s.sequence_number desc
      limit 1
    )
  from (
    select l as e
    from integrity.latest(numbered.reach) as l
    where l.sequence_number is not null and l.boot_id is not null
    union all
    -- what was there and comes right after a new one
    select n.e
    from integrity.latest(numbered.reach) as l
    cross join lateral (
      select s as e
      from integrity.scanned as s
      where s.tenant_id = l.tenant_id
        and s.device_id = l.device_id
        and s.boot_id = l.boot_id
        and s.sequence_number = (
          select min(o.sequence_number)
          from integrity.scanned as o
          where o.tenant_id = l.tenant_id
            and o.device_id = l.device_id
            and o.boot_id = l.boot_id
            and o.sequence_number > l.sequence_number
        )
        and s.scan <> l.scan
      offset 0
    ) as n
    where l.sequence_number is not null and l.boot_id is not null
  ) as c
$$;
comment on function integrity.numbered(integrity.reach) is
  'The numbered punches that are new, and those that come right after one, each with the number before it in its boot of its device, as far as has arrived.';

create function integrity.f13(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.e,
    pg_catalog.jsonb_build_object(
      'device_id', (t.e).device_id, 'boot_id', (t.e).boot_id, 'sequence_number', (t.e).sequence_number, 'previous', t.previous
    ),
    pg_catalog.jsonb_build_object('previous', (t.e).sequence_number - 1)
  )
  from integrity.numbered(f13.reach) as t
  where (t.e).sequence_number - t.previous - 1 >= (select integrity.number('F13', 'missing'))
    and not integrity.is_flagged('F13', (t.e).key)
$$;
comment on function integrity.f13(integrity.reach) is
  'F13: numbers are missing before this one in its boot of its device, as far as has arrived; cleared when they come. Where a boot begins is not known, so that nothing is missing before its first.';

create function integrity.f14(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.later,
    pg_catalog.jsonb_build_object(
      'device_id', (t.later).device_id, 'boot_id', (t.later).boot_id, 'sequence_number', (t.later).sequence_number, 'first_key', (t.earlier).key
    ),
    pg_catalog.jsonb_build_object('events_with_this_number', 1)
  )
  from (
    select
      case when is_later then e else p.other end as later,
      case when is_later then p.other else e end as earlier
    from integrity.latest(f14.reach) as e
    cross join lateral (
      -- By its index for each new event, whatever the statistics say.
      select s as other
      from integrity.scanned as s
      where s.tenant_id = e.tenant_id
        and s.device_id = e.device_id
        and s.boot_id = e.boot_id
        and s.sequence_number = e.sequence_number
        and s.key <> e.key
      offset 0
    ) as p
    cross join lateral (select (e.effective_at, e.key) > ((p.other).effective_at, (p.other).key) as is_later) as o
  ) as t
$$;
comment on function integrity.f14(integrity.reach) is 'F14: another event has the same sequence number in the same boot of the same device. About the later one by its effective time.';

create function integrity.f15(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.e,
    pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
      'fault', t.fault, 'code_session', (t.e).token_session, 'code_issued_at', attendance.utc((t.e).token_issued_at),
      'effective_at', attendance.utc((t.e).effective_at), 'first_key', case when t.fault = 'used before' then t.first_key end
    )),
    pg_catalog.jsonb_build_object('session_id', (t.e).session_id, 'seconds', t.lifetime)
  )
  from (
    select
      u.*,
      case
        when (u.e).token_session <> (u.e).session_id::text then 'for another session'
        when (u.e).effective_at - (u.e).error - (u.e).token_issued_at > u.lifetime * interval '1 second' then 'expired'
        when (u.e).token_issued_at - (u.e).effective_at - (u.e).error > u.lifetime * interval '1 second' then 'not issued yet'
        when u.first_key is not null then 'used before'
      end as fault
    from (
      select
        c.e,
        n.lifetime,
        (
          select s.key
          from integrity.scanned as s
          where s.tenant_id = (c.e).tenant_id
            and s.token = (c.e).token
            and (s.effective_at, s.key) < ((c.e).effective_at, (c.e).key)
          order by s.effective_at, s.key
          limit 1
        ) as first_key
      from (
        select l as e
        from integrity.latest(f15.reach) as l
        where coalesce(l.token, l.token_session, l.token_issued_at::text) is not null
        union all
        -- Of those that were there only the first was the first use, and may be so no longer.
        select o.e
        from (select distinct l.token from integrity.latest(f15.reach) as l where l.token is not null) as d
        cross join lateral (
          select s as e
          from integrity.scanned as s
          where s.tenant_id = (select core.bound_tenant()) and s.token = d.token and s.scan <> (f15.reach).number
          order by s.effective_at, s.key
          limit 1
        ) as o
      ) as c
      cross join (select integrity.number('F15', 'lifetime') as lifetime offset 0) as n
    ) as u
    where (u.e).scan = (f15.reach).number or u.first_key is not null
  ) as t
  where t.fault is not null and not integrity.is_flagged('F15', (t.e).key)
$$;
comment on function integrity.f15(integrity.reach) is
  'F15: the rotating token of the evidence (code_session, code_issued_at, code) is for another session, was issued too long ago or is not issued yet by more than the error of the time, or its one-time code was used before.';

create function integrity.f16(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select distinct on (w.key)
    w.key, 'event', w.key, w.record_id, w.session_id, w.subject_id,
    pg_catalog.jsonb_build_object('device_id', e.device_id, 'people_at_least', n.people),
    pg_catalog.jsonb_build_object('people_below', n.people, 'seconds', extract(epoch from n.within))
  from (select integrity.number('F16', 'people') as people, integrity.number('F16', 'within') * interval '1 second' as within offset 0) as n
  cross join integrity.latest(f16.reach) as e
  -- windows that begin with a punch, at or before the new one, and hold enough people
  cross join lateral (
    select s.effective_at
    from integrity.scanned as s
    where s.tenant_id = e.tenant_id
      and s.device_id = e.device_id
      and s.effective_at between e.effective_at - n.within and e.effective_at
      and n.people <= (
        select count(distinct o.subject_id)
        from integrity.scanned as o
        where o.tenant_id = s.tenant_id
          and o.device_id = s.device_id
          and o.effective_at between s.effective_at and s.effective_at + n.within
      )
    offset 0
  ) as b
  cross join lateral (
    select s.key, s.record_id, s.session_id, s.subject_id
    from integrity.scanned as s
    where s.tenant_id = e.tenant_id
      and s.device_id = e.device_id
      and s.effective_at between b.effective_at and b.effective_at + n.within
    offset 0
  ) as w
  where e.device_kind in ('kiosk', 'gate')
  order by w.key
$$;
comment on function integrity.f16(integrity.reach) is
  'F16: within two seconds one kiosk or gate saw more people than can pass it. About each of their punches.';

commit;
