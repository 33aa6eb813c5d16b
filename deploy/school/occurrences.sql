-- Deploy smartattend:school/occurrences to pg
begin;
set local role smartattend_owner;

create function school.occurrences(from_date date, to_date date, unit_id uuid default null)
returns table (
  site_id uuid, unit_id uuid, kind text, source_id uuid, name text, time_zone text, day date, local_start time, local_end time
)
language sql
stable
rows 1000
set search_path = pg_catalog, pg_temp
set jit = off -- one row a slot and day looks dear to the planner, and is not
as $$
  with slot as (
    select t.id, t.unit_id, t.kind, t.weekday, t.local_start, t.local_end, t.valid_from, t.valid_until, u.name, u.site_id, r.starts_on, r.ends_on
    from school.timetable as t
    inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
    left join school.section as n on n.tenant_id = t.tenant_id and n.id = t.unit_id
    left join school.term as r on r.tenant_id = n.tenant_id and r.id = n.term_id
    where t.tenant_id = core.bound_tenant()
      and (occurrences.unit_id is null or occurrences.unit_id = any (u.ancestors))
  ), occurrence as (
    select w.site_id, w.unit_id, w.kind, w.id as source_id, w.name, d.day, w.local_start, w.local_end, w.starts_on, w.ends_on
    from slot as w
    -- From the first such weekday in steps of a week.
    cross join lateral (
      select occurrences.from_date + (7 + w.weekday - extract(isodow from occurrences.from_date)::integer) % 7 + 7 * g.week as day
      from generate_series(0, (occurrences.to_date - occurrences.from_date) / 7) as g (week)
    ) as d
    where d.day between w.valid_from and occurrences.to_date
      and coalesce(w.valid_until, 'infinity') > d.day
      and (w.site_id, d.day) not in (
        select i.id, c.starts_on + n.number
        from attendance.closed_day as c
        inner join tenancy.site as i on i.tenant_id = c.tenant_id and (i.id = c.site_id or c.site_id is null)
        cross join lateral generate_series(0, c.ends_on - c.starts_on - 1) as n (number)
        where c.tenant_id = core.bound_tenant()
          and c.starts_on <= occurrences.to_date
          and c.ends_on > occurrences.from_date
          and c.withdrawn_at is null
      )
      and (w.id, d.day) not in (
        select e.timetable_id, e.on_date
        from school.timetable_exception as e
        where e.tenant_id = core.bound_tenant()
          and e.on_date between occurrences.from_date and occurrences.to_date
          and e.withdrawn_at is null
          and (e.change = 'cancelled' or e.to_start is not null)
      )
      -- A day that another system has brought in is not made a second time.
      and not (
        w.kind = 'day'
        and exists (
          select from attendance.session as i
          where i.tenant_id = core.bound_tenant()
            and i.business_date = d.day
            and i.unit_id = w.unit_id
            and i.kind = 'day'
            and i.source = 'import'
        )
      )
    union all
    -- What was moved here, on whatever day it is.
    select coalesce(e.to_site_id, w.site_id), w.unit_id, w.kind, e.id, w.name, e.to_date, e.to_start, e.to_end, w.starts_on, w.ends_on
    from school.timetable_exception as e
    inner join slot as w on w.id = e.timetable_id
    where e.tenant_id = core.bound_tenant()
      and e.to_date between occurrences.from_date and occurrences.to_date
      and e.withdrawn_at is null
  )
  select o.site_id, o.unit_id, o.kind, o.source_id, o.name, s.time_zone, o.day, o.local_start, o.local_end
  from occurrence as o
  inner join tenancy.site as s on s.tenant_id = core.bound_tenant() and s.id = o.site_id
  where o.day >= coalesce(o.starts_on, '-infinity') and o.day < coalesce(o.ends_on, 'infinity')
$$;
comment on function school.occurrences(date, date, uuid) is
  'When the timetables meet from from_date to to_date, both included, for a unit with everything beneath it (null: the tenant): week by week while a slot is valid, sections inside their term only, not on closed days; without what exceptions cancel or move away, with what they move here. source_id is the slot, or the exception that moved it.';

commit;
