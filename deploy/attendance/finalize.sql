-- Deploy smartattend:attendance/finalize to pg
begin;
set local role smartattend_owner;

create function attendance.unfinalized(until timestamptz, now timestamptz)
returns table (session_id uuid, ends_at timestamptz, verdict text)
language sql
stable
rows 1000
set search_path = pg_catalog, pg_temp
as $$
  select
    s.id,
    s.ends_at,
    case
      when g.state = 'cancelled' or not g.is_taken and s.kind <> 'shift' then 'not_taken'
      when not g.is_taken and s.ends_at + t.absence_after > unfinalized.until then 'waiting'
      when p.delivered_until < s.ends_at then 'waiting'
      when exists (
        select from attendance.expectation as e
        where e.tenant_id = s.tenant_id and e.session_id = s.id and e.withdrawn_at is null and e.ends_at > unfinalized.until
      ) then 'waiting'
      when (attendance.period_at(s.starts_at)).state <> 'open' then 'locked'
      else 'ready'
    end
  from attendance.session as s
  cross join (select t.absence_after from tenancy.setting as t where t.tenant_id = core.bound_tenant()) as t
  inner join (
    select i.id, timing.site_watermark(i.id, unfinalized.now) as delivered_until
    from tenancy.site as i
    where i.tenant_id = core.bound_tenant()
    offset 0
  ) as p on p.id = s.site_id
  inner join lateral (
    select r.state, r.state in ('submitted', 'closed') as is_taken
    from attendance.register as r
    where r.tenant_id = s.tenant_id and r.session_id = s.id
    limit 1
  ) as g on true
  where s.tenant_id = core.bound_tenant()
    and s.finalized_at is null
    and s.cancelled_at is null
    and s.ends_at <= unfinalized.until
$$;
comment on function attendance.unfinalized(timestamptz, timestamptz) is
  'The sessions that ended by an instant and may still lack absences, with what is to be done: ready; waiting (the grace of a shift without a submitted register, a device that has not delivered, somebody who is expected for longer); locked (its period is not open); not_taken (attendance is a register''s, which nobody submitted: neither absent nor present).';

create function attendance.finalize(until timestamptz)
returns table (absences integer, excused integer, finalized integer, remaining integer, waiting integer, locked integer, not_taken integer)
language plpgsql
volatile
rows 1
set search_path = pg_catalog, pg_temp
set jit = off -- thousands of expectations look dear to the planner, and would be compiled for longer than they run
as $$
#variable_conflict use_column
declare
  c_absences constant integer := 20000;
  c_sessions constant integer := 1000;
  v_actor core.actor := core.actor();
  v_now timestamptz := core.clock();
  v_until timestamptz := least(finalize.until, v_now);
  v_unexcused text;
  v_sessions uuid[];
  v_absent_in uuid[];
  v_absent uuid[];
  v_is_whole boolean;
begin
  select
    (array_agg(u.session_id order by u.ends_at, u.session_id) filter (where u.verdict = 'ready'))[1:c_sessions],
    count(*) filter (where u.verdict = 'ready'),
    count(*) filter (where u.verdict = 'waiting'),
    count(*) filter (where u.verdict = 'locked'),
    count(*) filter (where u.verdict = 'not_taken')
  into v_sessions, remaining, waiting, locked, not_taken
  from attendance.unfinalized(v_until, v_now) as u;
  absences := 0;
  excused := 0;
  finalized := 0;
  if remaining = 0 then
    return next;
    return;
  end if;

  -- Lock order: the registers, then the people, each by id; then look again, then read the clock, then write.
  perform
  from attendance.register as r
  where r.tenant_id = v_actor.tenant_id and r.session_id = any (v_sessions)
  order by r.session_id
  for no key update;
  v_sessions := array(
    select v.session_id
    from unnest(v_sessions) with ordinality as v (session_id, ordinal)
    inner join attendance.unfinalized(v_until, v_now) as u on u.session_id = v.session_id and u.verdict = 'ready'
    order by v.ordinal
  );
  select array_agg(a.session_id order by a.ordinal, a.subject_id), array_agg(a.subject_id order by a.ordinal, a.subject_id)
  into v_absent_in, v_absent
  from (
    select v.ordinal, e.session_id, e.subject_id
    from unnest(v_sessions) with ordinality as v (session_id, ordinal)
    cross join lateral (
      select e.*
      from attendance.expectation as e
      where e.tenant_id = v_actor.tenant_id and e.session_id = v.session_id and e.withdrawn_at is null and e.is_required
      offset 0
    ) as e
    where not attendance.has_record(e::attendance.expectation)
    order by v.ordinal, e.subject_id
    limit c_absences + 1
  ) as a;
  if cardinality(v_absent) > c_absences then
    -- Everything before the session that does not fit is finished by this call.
    v_sessions := v_sessions[1:array_position(v_sessions, v_absent_in[c_absences + 1]) - 1];
    v_absent_in := v_absent_in[1:c_absences];
    v_absent := v_absent[1:c_absences];
  end if;
  perform
  from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = any (v_absent)
  order by m.user_id
  for no key update;

  select c.code into v_unexcused
  from attendance.code as c
  where c.tenant_id = v_actor.tenant_id and c.category = 'absent_unexcused' and c.is_default;
  v_now := core.clock();
  with absence as materialized (
    select
      e.subject_id, e.session_id, e.business_date,
      coalesce(e.code, v_unexcused) as code,
      case when e.code is not null then e.source end as reason_code,
      -- Derived, so that no repeat can make a second one; a stranger who has taken that key does not save anybody from being absent.
      case
        when exists (
          select from attendance.event as o
          where o.tenant_id = e.tenant_id and o.key = core.derived_key(e.session_id, 'absence of ' || e.subject_id)
        ) then core.uuid_v7()
        else core.derived_key(e.session_id, 'absence of ' || e.subject_id)
      end as key
    from unnest(v_absent_in, v_absent) as a (session_id, subject_id)
    cross join lateral (
      select e.*
      from attendance.expectation as e
      where e.tenant_id = v_actor.tenant_id and e.session_id = a.session_id and e.subject_id = a.subject_id
      limit 1
    ) as e
    where e.withdrawn_at is null
      and e.is_required
      and not attendance.has_record(e::attendance.expectation)
  ), event as (
    insert into attendance.event (
      tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, business_date, reason_code,
      login_session_id, payload_hash, recorded_at, elapsed_us
    )
    select
      v_actor.tenant_id, a.key, 'absence', a.subject_id, a.session_id, a.key, 1, 'recorded', a.code, a.business_date, a.reason_code,
      v_actor.session_id, sha256(convert_to(row(a.session_id, a.subject_id, a.code)::text, 'UTF8')), v_now,
      core.elapsed_us(v_actor) / cardinality(v_absent)
    from absence as a
    on conflict do nothing
    returning tenant_id, key, subject_id, session_id, business_date, code, reason_code
  ), record as (
    insert into attendance.record (
      tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision
    )
    select e.tenant_id, e.key, e.subject_id, e.session_id, x.unit_id, e.business_date, x.starts_at, 'recorded', 'finalize', e.code, 1
    from event as e
    cross join lateral (
      select x.unit_id, x.starts_at
      from attendance.expectation as x
      where x.tenant_id = e.tenant_id and x.session_id = e.session_id and x.subject_id = e.subject_id
      limit 1
    ) as x
  )
  select count(*), count(e.reason_code), count(*) = (select count(*) from absence as a) into absences, excused, v_is_whole
  from event as e;

  -- A stranger's event that took one of the keys just now: the next call makes that absence under another one.
  if v_is_whole then
    finalized := cardinality(v_sessions);
    update attendance.session as s
    set finalized_at = v_now
    where s.tenant_id = v_actor.tenant_id and s.id = any (v_sessions) and s.finalized_at is null;
  end if;
  remaining := remaining - finalized;
  return next;
end $$;
comment on function attendance.finalize(timestamptz) is
  'Gives everybody who was expected (not who was on call) in a session that ended by an instant (at most now) and has no record there an absence: the code of the leave that covers it, otherwise the default of absent_unexcused. A record that was voided is a record: somebody has decided. One call makes at most 20,000 absences in at most 1,000 sessions, oldest first, one statement a table, and counts the sessions that it finished and those that remain, wait for a device or the grace, are locked by their period, or were not taken. Safe to repeat and to run twice at once. The caller is the system of a bound session (identity.become_system).';

create function attendance.has_record(expectation attendance.expectation)
returns boolean
language sql
stable
as $$
  select exists (
    select from attendance.record as r
    where r.tenant_id = (has_record.expectation).tenant_id
      and r.subject_id = (has_record.expectation).subject_id
      and r.business_date = (has_record.expectation).business_date
      and r.session_id = (has_record.expectation).session_id
    offset 0
  )
$$;
comment on function attendance.has_record(attendance.expectation) is
  'Whether somebody who is expected has a record in the session, a voided one included.';

commit;
