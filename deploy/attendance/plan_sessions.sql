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

create function attendance.plan_sessions(
  source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]
)
returns table (sessions integer, expectations integer, withdrawn integer)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id uuid := core.bound_tenant();
  v_now timestamptz := core.clock();
  v_setting tenancy.setting;
  v_coming uuid[];
begin
  select t.* into strict v_setting from tenancy.setting as t where t.tenant_id = v_tenant_id;

  with session as (
    insert into attendance.session (
      tenant_id, site_id, unit_id, kind, source, source_id, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
    )
    select distinct on (p.unit_id, p.kind, w.starts_at, w.shift_id)
      v_tenant_id, p.site_id, p.unit_id, p.kind, plan_sessions.source, p.source_id, p.name, p.local_start::date, p.time_zone,
      w.starts_at, w.ends_at, w.opens_at, w.closes_at, w.late_after
    from unnest(plan_sessions.planned) as p
    cross join lateral attendance.session_window(p, plan_sessions.source, v_setting) as w
    order by p.unit_id, p.kind, w.starts_at, w.shift_id, w.ends_at desc
    on conflict on constraint session_is_unique_by_unit_kind_and_start do nothing
    returning id
  ), register as (
    insert into attendance.register (tenant_id, session_id)
    select v_tenant_id, s.id from session as s
  )
  select count(*) into sessions from session;

  -- Only for registers that nobody has submitted yet: what was taken stays as it was taken.
  insert into attendance.expectation as e (
    tenant_id, subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after, is_required
  )
  select
    v_tenant_id, x.subject_id, s.id, plan_sessions.source, p.unit_id, p.local_start::date, w.starts_at, w.ends_at, w.opens_at, w.closes_at,
    w.late_after, p.is_required
  from unnest(plan_sessions.planned) as p
  cross join lateral attendance.session_window(p, plan_sessions.source, v_setting) as w
  cross join lateral (
    select s.id
    from attendance.session as s
    inner join attendance.register as r on r.tenant_id = s.tenant_id and r.session_id = s.id
    where s.tenant_id = v_tenant_id
      and s.unit_id = p.unit_id
      and s.kind = p.kind
      and s.starts_at = w.starts_at
      and s.shift_id is not distinct from w.shift_id
      and r.state in ('scheduled', 'open')
    limit 1
  ) as s
  cross join lateral unnest(p.subject_ids) as x (subject_id)
  on conflict on constraint expectation_pkey do update set
    withdrawn_at = null
  where e.withdrawn_at is not null and e.source = excluded.source;
  get diagnostics expectations = row_count;

  -- Whom the plan no longer has is no longer expected, in sessions that have not begun.
  v_coming := array(
    select s.id
    from attendance.session as s
    inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.id = s.unit_id
    where s.tenant_id = v_tenant_id
      and s.business_date between plan_sessions.from_date and plan_sessions.to_date
      and s.source = plan_sessions.source
      and s.opens_at > v_now
      and (plan_sessions.unit_id is null or plan_sessions.unit_id = any (u.ancestors))
  );
  withdrawn := 0;
  if v_coming <> '{}' then
    update attendance.expectation as e
    set withdrawn_at = v_now
    from attendance.session as s
    where s.tenant_id = v_tenant_id
      and s.id = any (v_coming)
      and e.tenant_id = v_tenant_id
      and e.session_id = s.id
      and e.source = plan_sessions.source
      and e.withdrawn_at is null
      and (coalesce(s.shift_id, s.unit_id), s.kind, s.starts_at, e.subject_id) not in (
        select coalesce(w.shift_id, p.unit_id), p.kind, w.starts_at, x.subject_id
        from unnest(plan_sessions.planned) as p
        cross join lateral attendance.session_window(p, plan_sessions.source, v_setting) as w
        cross join lateral unnest(p.subject_ids) as x (subject_id)
      );
    get diagnostics withdrawn = row_count;
  end if;
  return next;
end $$;
comment on function attendance.plan_sessions(text, date, date, uuid, attendance.planned_session[]) is
  'Makes the sessions of a plan with their registers (scheduled) and expectations, one statement a table, and counts what it made; what is there already stays, so that a repeat makes nothing. The plan is the whole of a source (timetable, shift) for a unit with everything beneath it (null: the tenant) from from_date to to_date, both included: expectations that it no longer has are withdrawn where the session has not begun, and come back when it has them again. Slots of one unit and kind that start together are one session that ends with the last, and each person is expected until the own end; shifts that start together are a session each.';

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
      when (session_window.planned).is_required then i.latest_start + (session_window.setting).late_after
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
        core.local_instant(
          coalesce((session_window.planned).latest_start, (session_window.planned).local_start), (session_window.planned).time_zone, 'start'
        ) as latest_start
      offset 0
    ) as t
  ) as i
$$;
comment on function attendance.session_window(attendance.planned_session, text, tenancy.setting) is
  'The instants of a planned session by the tenant''s settings: start and end, when check-ins match it (at most 48 hours), and when one is late (on call never); shift_id tells shifts apart that start together.';

commit;
