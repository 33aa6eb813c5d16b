-- Deploy smartattend:attendance/plan_sessions to pg
begin;
set local role smartattend_owner;

create type attendance.planned_session as (
  site_id uuid,
  unit_id uuid,
  kind text,
  source_id uuid,
  name text,
  time_zone text,
  local_start timestamp,
  local_end timestamp,
  subject_ids uuid array,
  latest_start timestamp,
  is_required boolean
);
comment on type attendance.planned_session is
  'A session as a timetable or roster has it: unit, local times in a zone, the people who are expected, and the row that it comes from. latest_start, if any, is the local time against which lateness counts; is_required false is an on-call duty, for which nobody is late or absent.';

create type attendance.planned_slot as (
  site_id uuid,
  unit_id uuid,
  kind text,
  source_id uuid,
  name text,
  time_zone text,
  business_date date,
  subject_ids uuid array,
  is_required boolean,
  starts_at timestamptz,
  ends_at timestamptz,
  opens_at timestamptz,
  closes_at timestamptz,
  late_after timestamptz,
  shift_id uuid,
  session_id uuid,
  is_new boolean,
  is_untaken boolean
);
comment on type attendance.planned_slot is
  'A planned session with its instants, the session that it became, whether that is new, and whether its register may still be taken.';

create function attendance.plan_sessions(
  source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]
)
returns table (sessions integer, expectations integer, withdrawn integer, cancelled integer)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan -- a plan made anew would carry the whole timetable as a constant
set enable_seqscan = off -- each look-up is a probe by an index, also while the statistics say that the tables are small,
set jit = off -- which looks dear to the planner, and would be compiled for seconds
as $$
#variable_conflict use_column
declare
  v_tenant_id uuid := core.bound_tenant();
  v_now timestamptz := core.clock();
  v_setting tenancy.setting;
  v_slots attendance.planned_slot[];
  v_new uuid[];
  v_coming uuid[];
begin
  select t.* into strict v_setting from tenancy.setting as t where t.tenant_id = v_tenant_id;
  -- What was cancelled by hand is not made again.
  v_slots := array(
    select (
      p.site_id, p.unit_id, p.kind, p.source_id, p.name, p.time_zone, p.local_start::date, p.subject_ids, p.is_required,
      w.starts_at, w.ends_at, w.opens_at, w.closes_at, w.late_after, w.shift_id, null, null, null
    )::attendance.planned_slot
    from unnest(plan_sessions.planned) as p
    cross join lateral attendance.session_window(p, plan_sessions.source, v_setting) as w
    where (
      select true
      from attendance.session as s
      where s.tenant_id = v_tenant_id
        and s.business_date = p.local_start::date
        and s.unit_id = p.unit_id
        and s.kind = p.kind
        and s.starts_at = w.starts_at
        and s.shift_id is not distinct from w.shift_id
        and s.cancelled_via = 'office'
      limit 1
    ) is null
  );
  with session as (
    insert into attendance.session (
      tenant_id, site_id, unit_id, kind, source, source_id, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
    )
    select distinct on (p.unit_id, p.kind, p.starts_at, p.shift_id)
      v_tenant_id, p.site_id, p.unit_id, p.kind, plan_sessions.source, p.source_id, p.name, p.business_date, p.time_zone,
      p.starts_at, p.ends_at, p.opens_at, p.closes_at, p.late_after
    from unnest(v_slots) as p
    order by p.unit_id, p.kind, p.starts_at, p.shift_id, p.ends_at desc
    on conflict (tenant_id, unit_id, kind, starts_at, shift_id) where cancelled_at is null do nothing
    returning id
  ), register as (
    insert into attendance.register (tenant_id, session_id)
    select v_tenant_id, s.id from session as s
  )
  select count(*), coalesce(array_agg(s.id), '{}') into sessions, v_new from session as s;
  v_slots := array(
    select (
      p.site_id, p.unit_id, p.kind, p.source_id, p.name, p.time_zone, p.business_date, p.subject_ids, p.is_required,
      p.starts_at, p.ends_at, p.opens_at, p.closes_at, p.late_after, p.shift_id,
      s.id, s.id in (select unnest(v_new)),
      (select r.state from attendance.register as r where r.tenant_id = v_tenant_id and r.session_id = s.id) in ('scheduled', 'open')
    )::attendance.planned_slot
    from unnest(v_slots) as p
    cross join lateral (
      select s.id
      from attendance.session as s
      where s.tenant_id = v_tenant_id
        and s.business_date = p.business_date
        and s.unit_id = p.unit_id
        and s.kind = p.kind
        and s.starts_at = p.starts_at
        and s.shift_id is not distinct from p.shift_id
        and s.cancelled_at is null
      limit 1
    ) as s
  );

  -- Only for registers that nobody has submitted yet: what was taken stays as it was taken.
  insert into attendance.expectation as e (
    tenant_id, subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after, is_required
  )
  select
    v_tenant_id, x.subject_id, p.session_id, plan_sessions.source, p.unit_id, p.business_date, p.starts_at, p.ends_at, p.opens_at,
    p.closes_at, p.late_after, p.is_required
  from unnest(v_slots) as p
  cross join lateral unnest(p.subject_ids) as x (subject_id)
  where p.is_untaken
    and case
      when p.is_new then true
      else (
        select true
        from attendance.expectation as e
        where e.tenant_id = v_tenant_id
          and e.session_id = p.session_id
          and e.subject_id = x.subject_id
          and e.opens_at = p.opens_at -- so that either index finds one row, whatever the statistics say
          and e.withdrawn_at is null
        limit 1
      ) is null
    end
  on conflict on constraint expectation_pkey do update set
    withdrawn_at = null
  where e.withdrawn_at is not null and coalesce(e.covered_source, e.source) = excluded.source;
  get diagnostics expectations = row_count;

  -- What the plan no longer has does not take place, and whom it no longer has is not expected, where it has not begun.
  v_coming := array(
    select s.id
    from attendance.session as s
    inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.id = s.unit_id
    where s.tenant_id = v_tenant_id
      and s.business_date between plan_sessions.from_date and plan_sessions.to_date
      and s.source = plan_sessions.source
      and s.opens_at > v_now
      and s.cancelled_at is null
      and s.id not in (select unnest(v_new))
      and (plan_sessions.unit_id is null or plan_sessions.unit_id = any (u.ancestors))
  );
  update attendance.expectation as e
  set withdrawn_at = v_now
  from unnest(v_coming) as c (session_id)
  where e.tenant_id = v_tenant_id
    and e.session_id = c.session_id
    and coalesce(e.covered_source, e.source) = plan_sessions.source
    and e.withdrawn_at is null
    and (e.session_id, e.subject_id) not in (
      select p.session_id, x.subject_id
      from unnest(v_slots) as p
      cross join lateral unnest(p.subject_ids) as x (subject_id)
      where not p.is_new
    );
  get diagnostics withdrawn = row_count;
  cancelled := cardinality(
    attendance.cancel_sessions(
      array(
        select c.session_id from unnest(v_coming) as c (session_id)
        except
        select p.session_id from unnest(v_slots) as p
      ),
      'plan', 'the plan no longer has this session'
    )
  );

  perform attendance.cover(
    array_agg(l.subject_id),
    array_agg(greatest(l.starts_at, (plan_sessions.from_date - 2)::timestamp at time zone 'UTC')),
    array_agg(least(l.ends_at, (plan_sessions.to_date + 4)::timestamp at time zone 'UTC'))
  )
  from attendance.leave as l
  where l.tenant_id = v_tenant_id
    and l.starts_at < (plan_sessions.to_date + 4)::timestamp at time zone 'UTC'
    and l.ends_at > (plan_sessions.from_date - 2)::timestamp at time zone 'UTC'
    and l.withdrawn_at is null
  having count(*) > 0;
  return next;
end $$;
comment on function attendance.plan_sessions(text, date, date, uuid, attendance.planned_session[]) is
  'Makes the sessions of a plan with their registers (scheduled) and expectations, one statement a table, and counts what it made; what is there already stays, so that a repeat makes nothing. The plan is the whole of a source (timetable, shift) for a unit with everything beneath it (null: the tenant) from from_date to to_date, both included: expectations that it no longer has are withdrawn where the session has not begun, and come back when it has them again; a session that it no longer has is cancelled, and made anew when it has it again. What was cancelled by hand stays cancelled. Expectations that leave covers get its kind and code. Slots of one unit and kind that start together are one session that ends with the last, and each person is expected until the own end; shifts that start together are a session each.';

create function attendance.session_window(planned attendance.planned_session, source text, setting tenancy.setting)
returns table (
  starts_at timestamptz, ends_at timestamptz, opens_at timestamptz, closes_at timestamptz, late_after timestamptz, shift_id uuid
)
language sql
stable
rows 1
as $$
  select
    i.starts_at,
    i.ends_at,
    i.starts_at - (session_window.setting).capture_opens_before,
    i.closes_at,
    case
      when (session_window.planned).is_required then coalesce(i.latest_start, i.starts_at) + (session_window.setting).late_after
      else i.closes_at
    end,
    case when session_window.source = 'shift' then (session_window.planned).source_id end
  from (
    select
      t.*,
      least(
        t.ends_at + (session_window.setting).capture_closes_after,
        t.starts_at - (session_window.setting).capture_opens_before + interval '48 hours'
      ) as closes_at
    from (
      select
        core.local_instant((session_window.planned).local_start, (session_window.planned).time_zone, 'start') as starts_at,
        core.local_instant((session_window.planned).local_end, (session_window.planned).time_zone, 'end') as ends_at,
        case
          when (session_window.planned).latest_start is not null
          then core.local_instant((session_window.planned).latest_start, (session_window.planned).time_zone, 'start')
        end as latest_start
      offset 0
    ) as t
  ) as i
$$;
comment on function attendance.session_window(attendance.planned_session, text, tenancy.setting) is
  'The instants of a planned session by the tenant''s settings: start and end, when check-ins match it (at most 48 hours), and when one is late (on call never); shift_id tells shifts apart that start together.';

commit;
