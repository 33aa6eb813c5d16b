-- Deploy smartattend:integrity/rules_of_people to pg
begin;
set local role smartattend_owner;

create function integrity.f26(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    e,
    pg_catalog.jsonb_build_object('corrections_at_least', n.corrections),
    pg_catalog.jsonb_build_object('corrections_below', n.corrections, 'days', n.days)
  )
  from integrity.latest(f26.reach) as e
  cross join (
    select integrity.number('F26', 'corrections') as corrections, integrity.number('F26', 'within') as days
  ) as n
  where e.kind = 'correction'
    and n.corrections <= (
      select count(*)
      from integrity.scanned as s
      where s.tenant_id = e.tenant_id
        and s.subject_id = e.subject_id
        and s.kind = 'correction'
        and s.recorded_at between e.recorded_at - n.days * interval '1 day' and e.recorded_at
    )
$$;
comment on function integrity.f26(integrity.reach) is
  'F26: the correction that makes too many of one person''s within a month, and each one after it. About the correction.';

create function integrity.f27(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    e.key, 'event', e.key, e.record_id, e.session_id, e.approver_id,
    pg_catalog.jsonb_build_object('requester_id', e.requester_id, 'approver_id', e.approver_id, 'approvals_each_way_at_least', n.approvals),
    pg_catalog.jsonb_build_object('approvals_each_way_below', n.approvals, 'days', n.days)
  from integrity.latest(f27.reach) as e
  cross join (
    select integrity.number('F27', 'approvals') as approvals, integrity.number('F27', 'within') as days
  ) as n
  where e.kind = 'correction'
    and n.approvals <= (
      select count(*)
      from integrity.scanned as s
      where s.tenant_id = e.tenant_id
        and s.approver_id = e.approver_id
        and s.requester_id = e.requester_id
        and s.kind = 'correction'
        and s.recorded_at between e.recorded_at - n.days * interval '1 day' and e.recorded_at
    )
    and n.approvals <= (
      select count(*)
      from integrity.scanned as s
      where s.tenant_id = e.tenant_id
        and s.approver_id = e.requester_id
        and s.requester_id = e.approver_id
        and s.kind = 'correction'
        and s.recorded_at between e.recorded_at - n.days * interval '1 day' and e.recorded_at
    )
$$;
comment on function integrity.f27(integrity.reach) is
  'F27: requester and approver have approved each other''s corrections, several times each way within a month. About the approver of the one that completes it. One manager who approves for a whole department is nothing of the kind.';

create function integrity.marked_sessions(reach integrity.reach)
returns table (session_id uuid)
language sql
stable
rows 100
as $$
  select distinct e.session_id
  from attendance.event as e
  where e.tenant_id = (select core.bound_tenant())
    and e.xid >= (marked_sessions.reach).since
    and e.xid < (marked_sessions.reach).until
    and e.kind = 'mark'
    and e.session_id is not null
$$;
comment on function integrity.marked_sessions(integrity.reach) is 'The sessions that got marks in a reach.';

create function integrity.read_rolls(reach integrity.reach)
returns void
language sql
volatile
as $$
  insert into integrity.roll (tenant_id, session_id, unit_id, starts_at, people, fingerprint)
  select s.tenant_id, s.id, s.unit_id, s.starts_at, m.people, m.fingerprint
  from integrity.marked_sessions(read_rolls.reach) as t
  inner join attendance.session as s on s.tenant_id = (select core.bound_tenant()) and s.id = t.session_id
  cross join lateral (
    select
      count(*) as people,
      pg_catalog.sha256(pg_catalog.convert_to(
        coalesce(pg_catalog.string_agg(r.subject_id::text || ' ' || r.code, ',' order by r.subject_id), ''), 'UTF8'
      )) as fingerprint
    from attendance.record as r
    where r.tenant_id = s.tenant_id and r.session_id = s.id and r.state <> 'voided'
  ) as m
  on conflict on constraint roll_pkey do update set people = excluded.people, fingerprint = excluded.fingerprint
$$;
comment on function integrity.read_rolls(integrity.reach) is 'Keeps one hash of each register that got marks in a reach.';

create function integrity.f28(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    r.session_id, 'session', null::uuid, null::uuid, r.session_id, null::uuid,
    pg_catalog.jsonb_build_object('same_registers_at_least', n.registers, 'marks', pg_catalog.encode(r.fingerprint, 'hex')),
    pg_catalog.jsonb_build_object('same_registers_below', n.registers)
  from integrity.marked_sessions(f28.reach) as t
  inner join integrity.roll as r on r.tenant_id = (select core.bound_tenant()) and r.session_id = t.session_id
  cross join (
    select integrity.number('F28', 'registers')::integer as registers, integrity.number('F28', 'people') as people
  ) as n
  where r.people >= n.people
    and n.registers = (
      select count(*) filter (where l.fingerprint = r.fingerprint)
      from (
        select o.fingerprint
        from integrity.roll as o
        where o.tenant_id = r.tenant_id and o.unit_id = r.unit_id and o.starts_at <= r.starts_at
        order by o.starts_at desc
        limit n.registers
      ) as l
    )
$$;
comment on function integrity.f28(integrity.reach) is
  'F28: the last registers of a unit, one after the other, have the same people with the same marks for longer than classes stay healthy. About the session.';

create function integrity.f29(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    s.id, 'session', null::uuid, null::uuid, s.id, null::uuid,
    pg_catalog.jsonb_build_object('submitted_at', attendance.utc(f.submitted_at)),
    pg_catalog.jsonb_build_object('ends_at', attendance.utc(s.ends_at), 'hours', n.hours)
  from (
    select distinct r.object_id as session_id
    from attendance.register_transition as r
    where r.tenant_id = (select core.bound_tenant())
      and r.xid >= (f29.reach).since
      and r.xid < (f29.reach).until
      and r.to_state = 'submitted'
  ) as t
  inner join attendance.session as s on s.tenant_id = (select core.bound_tenant()) and s.id = t.session_id
  cross join (select integrity.number('F29', 'hours') as hours) as n
  cross join lateral (
    select min(h.recorded_at) as submitted_at
    from attendance.register_transition as h
    where h.tenant_id = s.tenant_id and h.object_id = s.id and h.to_state = 'submitted'
  ) as f
  where f.submitted_at > s.ends_at + n.hours * interval '1 hour'
$$;
comment on function integrity.f29(integrity.reach) is
  'F29: the register was first submitted long after the end of its session, whether it marks anybody or not; submitted again with a reason, it is judged by the first time. About the session.';

create function integrity.f32(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select distinct on (e.subject_id)
    e.subject_id, 'subject', e.key, null::uuid, e.session_id, e.subject_id,
    pg_catalog.jsonb_build_object('last_key', e.key, 'dates_at_least', n.dates, 'days', n.days),
    pg_catalog.jsonb_build_object('punches', 'some by a device or by the person')
  from integrity.latest(f32.reach) as e
  cross join (select integrity.number('F32', 'days') as days, integrity.number('F32', 'dates') as dates) as n
  where e.is_manual
    and e.effective_at is not null
    and (
      select count(distinct s.business_date) >= n.dates and bool_and(s.is_manual)
      from integrity.scanned as s
      where s.tenant_id = e.tenant_id
        and s.subject_id = e.subject_id
        and s.effective_at between e.effective_at - n.days * interval '1 day' and e.effective_at
    )
    and exists (
      select from integrity.scanned as s
      where s.tenant_id = e.tenant_id
        and s.subject_id = e.subject_id
        and s.effective_at <= e.effective_at - (n.days - 1) * interval '1 day'
    )
    -- said once a stretch
    and not exists (
      select from integrity.flag as f
      where f.tenant_id = e.tenant_id
        and f.rule = 'F32'
        and f.about = e.subject_id
        and f.raised_at > (f32.reach).now - n.days * interval '1 day'
    )
  order by e.subject_id, e.effective_at desc
$$;
comment on function integrity.f32(integrity.reach) is
  'F32: for twenty days every punch of a person was entered by somebody else without a device, on ten dates or more. Registers are no punches. About the person, once a stretch.';

commit;
