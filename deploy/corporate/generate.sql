-- Deploy smartattend:corporate/generate to pg
begin;
set local role smartattend_owner;

create function corporate.generate(from_date date, to_date date, unit_id uuid default null)
returns table (sessions integer, expectations integer, withdrawn integer)
language sql
volatile
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select p.*
  from attendance.plan_sessions(
    'shift', generate.from_date, generate.to_date, generate.unit_id,
    array(
      select (
        u.site_id, t.unit_id, 'shift', t.id, t.name, s.time_zone, r.on_date + t.local_start, r.on_date + t.end_day_offset + t.local_end,
        r.subject_ids, null, true
      )::attendance.planned_session
      from (
        select o.template_id, o.on_date, array_agg(o.subject_id) as subject_ids
        from corporate.roster as o
        where o.tenant_id = core.bound_tenant() and o.on_date between generate.from_date and generate.to_date
        group by o.template_id, o.on_date
      ) as r
      inner join corporate.shift_template as t on t.tenant_id = core.bound_tenant() and t.id = r.template_id
      inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
      inner join tenancy.site as s on s.tenant_id = u.tenant_id and s.id = u.site_id
      where generate.unit_id is null or generate.unit_id = any (u.ancestors)
    )
  ) as p
$$;
comment on function corporate.generate(date, date, uuid) is
  'Makes the shift instances and expectations of the rosters from from_date to to_date, both included, for a unit with everything beneath it (null: the tenant). A shift that crosses a change of clocks has its true length. Counts what it made and withdrew; safe to repeat. The caller has bound a session.';

commit;
