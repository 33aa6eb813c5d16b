-- Deploy smartattend:integrity/rules_of_schedules to pg
begin;
set local role smartattend_owner;

create function integrity.unscheduled(reach integrity.reach)
returns table (e integrity.scanned, nearby_session_id uuid, opens_at timestamptz, closes_at timestamptz)
language sql
stable
rows 10
as $$
  select e, x.session_id, x.opens_at, x.closes_at
  from integrity.latest(unscheduled.reach) as e
  cross join (select integrity.number('F19', 'nearby') * interval '1 minute' as nearby) as n
  left join lateral (
    select o.session_id, o.opens_at, o.closes_at
    from attendance.expectation as o
    where o.tenant_id = e.tenant_id
      and o.subject_id = e.subject_id
      and o.opens_at between e.effective_at - interval '48 hours' - n.nearby and e.effective_at + n.nearby
      and o.closes_at >= e.effective_at - n.nearby
      and o.withdrawn_at is null
    order by greatest(o.opens_at - e.effective_at, e.effective_at - o.closes_at), o.session_id
    limit 1
  ) as x on true
  where e.kind = 'in' and e.session_id is null and e.signals is distinct from array['F19']
$$;
comment on function integrity.unscheduled(integrity.reach) is
  'The check-ins that matched no session, each with the session whose capture window it missed by a little, if there is one.';

create function integrity.f18(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    u.e,
    pg_catalog.jsonb_build_object('effective_at', attendance.utc((u.e).effective_at)),
    pg_catalog.jsonb_build_object('session', 'one that the person is expected in')
  )
  from integrity.unscheduled(f18.reach) as u
  cross join (select integrity.number('F18', 'scheduled_within') * interval '1 day' as near) as n
  where u.nearby_session_id is null
    and exists (
      select from attendance.expectation as o
      where o.tenant_id = (u.e).tenant_id
        and o.subject_id = (u.e).subject_id
        and o.opens_at between (u.e).effective_at - n.near and (u.e).effective_at + n.near
        and o.withdrawn_at is null
    )
$$;
comment on function integrity.f18(integrity.reach) is
  'F18: a check-in of a person who has a schedule, at a time for which it has nothing. Who has none, before and after, is not rostered at all and not flagged.';

create function integrity.f19(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    u.e,
    pg_catalog.jsonb_build_object('effective_at', attendance.utc((u.e).effective_at)),
    pg_catalog.jsonb_build_object(
      'session_id', u.nearby_session_id, 'opens_at', attendance.utc(u.opens_at), 'closes_at', attendance.utc(u.closes_at)
    )
  )
  from integrity.unscheduled(f19.reach) as u
  where u.nearby_session_id is not null
$$;
comment on function integrity.f19(integrity.reach) is 'F19: a check-in that missed the capture window of a session by no more than two hours (parameter nearby).';

create function integrity.f20(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    e,
    pg_catalog.jsonb_build_object('business_date', e.business_date, 'ended_on', n.ended_on),
    pg_catalog.jsonb_build_object('enrolment', 'in the unit of the session or above it')
  )
  from integrity.latest(f20.reach) as e
  inner join attendance.session as s on s.tenant_id = e.tenant_id and s.id = e.session_id
  inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.id = s.unit_id
  cross join lateral (
    select max(r.ends_on) as ended_on
    from school.enrolment as r
    where r.tenant_id = e.tenant_id and r.subject_id = e.subject_id and r.unit_id = any (u.ancestors)
    -- none that goes on, or begins later
    having coalesce(bool_and(r.ends_on is not null and r.ends_on <= e.business_date), false)
  ) as n
  where e.kind = 'in' and s.source = 'timetable' and not coalesce('F20' = any (e.signals), false)
$$;
comment on function integrity.f20(integrity.reach) is
  'F20: a check-in to a session of a unit in which the person''s enrolment has ended. An inactive membership is noticed by the capture.';

create function integrity.f21(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    e,
    pg_catalog.jsonb_build_object('effective_at', attendance.utc(e.effective_at)),
    pg_catalog.jsonb_build_object(
      'leave_id', l.id, 'starts_at', attendance.utc(l.starts_at), 'ends_at', attendance.utc(l.ends_at), 'code', l.code
    )
  )
  from integrity.latest(f21.reach) as e
  inner join attendance.leave as l
    on l.tenant_id = e.tenant_id
    and l.subject_id = e.subject_id
    and l.starts_at <= e.effective_at
    and l.ends_at > e.effective_at
  where e.kind = 'in' and l.kind = 'leave' and l.withdrawn_at is null
  union all
  select (
    e.key, 'event', e.key, e.record_id, e.session_id, e.subject_id,
    pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('mark', c.code, 'arrived_at', attendance.utc(e.in_at))),
    pg_catalog.jsonb_build_object(
      'leave_id', l.id, 'starts_at', attendance.utc(l.starts_at), 'ends_at', attendance.utc(l.ends_at), 'code', l.code
    )
  )::integrity.finding
  from attendance.event as e
  -- what the teacher said, whatever stands
  inner join attendance.code as c on c.tenant_id = e.tenant_id and c.code = coalesce(e.claimed_code, e.code)
  inner join attendance.category as g on g.category = c.category
  inner join attendance.session as s on s.tenant_id = e.tenant_id and s.id = e.session_id
  inner join attendance.leave as l
    on l.tenant_id = e.tenant_id
    and l.subject_id = e.subject_id
    and l.starts_at <= s.starts_at
    and l.ends_at > greatest(s.starts_at, e.in_at)
  where e.tenant_id = (select core.bound_tenant())
    and e.xid >= (f21.reach).since
    and e.xid < (f21.reach).until
    and e.kind = 'mark'
    and not g.is_absence
    and not g.is_excuse
    and l.kind = 'leave'
    and l.withdrawn_at is null
$$;
comment on function integrity.f21(integrity.reach) is
  'F21: a check-in during leave that is approved and not withdrawn, or a mark that says that the person was there (present, late, left early, for a part) in a session that starts during it; who arrived after the leave did not. Who comes although an absence was announced is simply there.';

create function integrity.f22(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    r.id, 'record', a.key, r.id, r.session_id, r.subject_id,
    pg_catalog.jsonb_build_object('in_at', attendance.utc(r.in_at), 'out_at', null),
    pg_catalog.jsonb_build_object('out_at', 'within ' || s.open_for_at_most::text)
  from tenancy.setting as s
  cross join lateral (
    select o.id
    from attendance.record as o
    where o.tenant_id = s.tenant_id and o.is_open and o.in_at < (f22.reach).now - s.open_for_at_most
    union
    select t.record_id from integrity.touched(f22.reach) as t
  ) as c
  inner join attendance.record as r on r.tenant_id = s.tenant_id and r.id = c.id
  left join lateral (
    select e.key
    from attendance.event as e
    where e.tenant_id = r.tenant_id and e.record_id = r.id and e.kind = 'in'
    order by e.revision
    limit 1
  ) as a on true
  where s.tenant_id = (select core.bound_tenant())
    and r.in_at is not null
    and r.out_at is null
    and r.state <> 'voided'
    and (
      r.in_at < (f22.reach).now - s.open_for_at_most
      or exists (
        select from attendance.event as e
        where e.tenant_id = r.tenant_id and e.record_id = r.id and e.kind = 'flag' and e.reason_code = 'F22'
      )
    )
    and (a.key is not null or r.is_open)
$$;
comment on function integrity.f22(integrity.reach) is
  'F22: a presence that was ended by a check-in elsewhere, or has waited for its check-out for longer than the tenant''s settings allow. Cleared when a late punch or a correction brings the check-out; the time is never invented.';

create function integrity.f23(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    r.id, 'record', null::uuid, r.id, r.session_id, r.subject_id,
    pg_catalog.jsonb_build_object('in_at', attendance.utc(r.in_at), 'out_at', attendance.utc(r.out_at)),
    pg_catalog.jsonb_build_object('hours', integrity.number('F23', 'hours'))
  from integrity.touched(f23.reach) as t
  inner join attendance.record as r on r.tenant_id = (select core.bound_tenant()) and r.id = t.record_id
  where r.out_at - r.in_at > (select integrity.number('F23', 'hours')) * interval '1 hour' and r.state <> 'voided'
$$;
comment on function integrity.f23(integrity.reach) is 'F23: a presence that is longer than anybody works.';

create function integrity.f24(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select distinct on (n.id)
    n.id, 'record', a.key, n.id, n.session_id, n.subject_id,
    pg_catalog.jsonb_build_object('in_at', attendance.utc(n.in_at), 'last_out_at', attendance.utc(p.out_at)),
    pg_catalog.jsonb_build_object('rest', s.rest_at_least::text)
  from tenancy.setting as s
  cross join integrity.touched(f24.reach) as t
  inner join attendance.record as r on r.tenant_id = s.tenant_id and r.id = t.record_id
  -- the record itself, and the first one of the person's next date
  cross join lateral (
    select r.id
    union all
    (
      select o.id
      from attendance.record as o
      where o.tenant_id = r.tenant_id
        and o.subject_id = r.subject_id
        and o.business_date between r.business_date + 1 and r.business_date + 2
        and o.in_at is not null
        and o.state <> 'voided'
      order by o.in_at
      limit 1
    )
  ) as c
  inner join attendance.record as n on n.tenant_id = r.tenant_id and n.id = c.id
  inner join attendance.session as w on w.tenant_id = n.tenant_id and w.id = n.session_id
  cross join lateral (
    select o.out_at
    from attendance.record as o
    where o.tenant_id = n.tenant_id
      and o.subject_id = n.subject_id
      and o.business_date between n.business_date - 2 and n.business_date - 1
      and o.out_at is not null
      and o.state <> 'voided'
    order by o.out_at desc
    limit 1
  ) as p
  left join lateral (
    select e.key
    from attendance.event as e
    where e.tenant_id = n.tenant_id and e.record_id = n.id and e.kind = 'in'
    order by e.revision
    limit 1
  ) as a on true
  where s.tenant_id = (select core.bound_tenant())
    and w.kind = 'shift'
    and n.state <> 'voided'
    and n.in_at >= p.out_at
    and n.in_at - p.out_at < s.rest_at_least
    and not exists (
      select from attendance.record as o
      where o.tenant_id = n.tenant_id
        and o.subject_id = n.subject_id
        and o.business_date = n.business_date
        and o.in_at < n.in_at
        and o.state <> 'voided'
    )
  order by n.id
$$;
comment on function integrity.f24(integrity.reach) is
  'F24: less rest than the tenant''s settings ask for between the last presence of one working day and the first shift of the next. What is worked within a day may have breaks of any length.';

commit;
