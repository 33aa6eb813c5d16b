-- Deploy smartattend:school/generate to pg
begin;
set local role smartattend_owner;

create function school.generate(from_date date, to_date date, unit_id uuid default null)
returns table (sessions integer, expectations integer, withdrawn integer, cancelled integer)
language plpgsql
volatile
rows 1
set search_path = pg_catalog, pg_temp
set jit = off -- one row a slot and day looks dear to the planner, and is not
as $$
begin
  select p.* into strict generate.sessions, generate.expectations, generate.withdrawn, generate.cancelled
  from attendance.plan_sessions(
    'timetable', generate.from_date, generate.to_date, generate.unit_id,
    array(
      select (
        o.site_id, o.unit_id, o.kind, o.source_id, o.name, o.time_zone, o.day + o.local_start, o.day + o.local_end,
        array(
          select e.subject_id
          from school.enrolment as e
          where e.tenant_id = core.bound_tenant()
            and e.unit_id = o.unit_id
            and e.starts_on <= o.day
            and coalesce(e.ends_on, 'infinity') > o.day
        ),
        null, true
      )::attendance.planned_session
      from school.occurrences(generate.from_date, generate.to_date, generate.unit_id) as o
    )
  ) as p;
  perform school.apply_exceptions(generate.from_date, generate.to_date);
  return next;
end $$;
comment on function school.generate(date, date, uuid) is
  'Makes the sessions and expectations of the timetables from from_date to to_date, both included, for a unit with everything beneath it (null: the tenant), and applies rooms and substitutes. Counts what it made and took back; safe to repeat. The caller has bound a session.';

commit;
