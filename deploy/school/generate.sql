-- Deploy smartattend:school/generate to pg
begin;
set local role smartattend_owner;

create function school.generate(from_date date, to_date date, unit_id uuid default null)
returns table (sessions integer, expectations integer, withdrawn integer, cancelled integer)
language sql
volatile
rows 1
set search_path = pg_catalog, pg_temp
set jit = off -- one row a slot and day looks dear to the planner, and is not
as $$
  select p.*
  from attendance.plan_sessions(
    'timetable', generate.from_date, generate.to_date, generate.unit_id,
    array(
      select (
        u.site_id, t.unit_id, t.kind, t.id, u.name, s.time_zone, d.day + t.local_start, d.day + t.local_end,
        array(
          select e.subject_id
          from school.enrolment as e
          where e.tenant_id = t.tenant_id
            and e.unit_id = t.unit_id
            and e.starts_on <= d.day
            and coalesce(e.ends_on, 'infinity') > d.day
        ),
        null, true
      )::attendance.planned_session
      from school.timetable as t
      inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
      inner join tenancy.site as s on s.tenant_id = u.tenant_id and s.id = u.site_id
      left join school.section as n on n.tenant_id = t.tenant_id and n.id = t.unit_id
      left join school.term as r on r.tenant_id = n.tenant_id and r.id = n.term_id
      -- From the first such weekday in steps of a week.
      cross join lateral (
        select generate.from_date + (7 + t.weekday - extract(isodow from generate.from_date)::integer) % 7 + 7 * w.week as day
        from generate_series(0, (generate.to_date - generate.from_date) / 7) as w (week)
      ) as d
      where t.tenant_id = core.bound_tenant()
        and (generate.unit_id is null or generate.unit_id = any (u.ancestors))
        and d.day between t.valid_from and generate.to_date
        and coalesce(t.valid_until, 'infinity') > d.day
        and d.day >= coalesce(r.starts_on, '-infinity')
        and d.day < coalesce(r.ends_on, 'infinity')
        -- A day that another system has brought in is not made a second time.
        and not (
          t.kind = 'day'
          and exists (
            select from attendance.session as i
            where i.tenant_id = t.tenant_id
              and i.business_date = d.day
              and i.unit_id = t.unit_id
              and i.kind = 'day'
              and i.source = 'import'
          )
        )
    )
  ) as p
$$;
comment on function school.generate(date, date, uuid) is
  'Makes the sessions and expectations of the timetables from from_date to to_date, both included, for a unit with everything beneath it (null: the tenant); sections meet inside their term only. Counts what it made and withdrew; safe to repeat. The caller has bound a session.';

commit;
