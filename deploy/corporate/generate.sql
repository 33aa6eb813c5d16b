-- Deploy smartattend:corporate/generate to pg
begin;
set local role smartattend_owner;

create function corporate.generate(from_date date, to_date date, unit_id uuid default null)
returns table (sessions integer, expectations integer, withdrawn integer, cancelled integer)
language plpgsql
volatile
rows 1
set search_path = pg_catalog, pg_temp
as $$
begin
  select p.* into strict generate.sessions, generate.expectations, generate.withdrawn, generate.cancelled
  from attendance.plan_sessions(
    'shift', generate.from_date, generate.to_date, generate.unit_id,
    array(
      select (
        u.site_id, t.unit_id, 'shift', t.id, t.name, s.time_zone, r.on_date + p.local_start, r.on_date + p.end_day_offset + p.local_end,
        r.subject_ids, r.on_date + t.latest_start, k.is_required
      )::attendance.planned_session
      from (
        select o.template_id, o.on_date, array_agg(o.subject_id) as subject_ids
        from corporate.roster as o
        where o.tenant_id = core.bound_tenant()
          and o.on_date between generate.from_date and generate.to_date
          and o.withdrawn_at is null
        group by o.template_id, o.on_date
      ) as r
      inner join corporate.shift_template as t on t.tenant_id = core.bound_tenant() and t.id = r.template_id
      inner join corporate.shift_kind as k on k.kind = t.kind
      inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
      inner join tenancy.site as s on s.tenant_id = u.tenant_id and s.id = u.site_id
      cross join lateral (
        values (t.local_start, t.local_end, t.end_day_offset), (t.second_start, t.second_end, t.second_end_day_offset)
      ) as p (local_start, local_end, end_day_offset)
      where p.local_start is not null and (generate.unit_id is null or generate.unit_id = any (u.ancestors))
    )
  ) as p;

  insert into corporate.shift_instance (tenant_id, session_id, template_id, business_date, kind, planned, unpaid_break, break_after)
  select
    s.tenant_id, s.id, t.id, s.business_date, t.kind,
    case
      when t.kind = 'on_call' then interval '0'
      when t.kind = 'flexible' then t.required
      else corporate.paid(corporate.elapsed(s.starts_at, s.ends_at), t.unpaid_break, t.break_after)
    end,
    t.unpaid_break, t.break_after
  from attendance.session as s
  inner join corporate.shift_template as t on t.tenant_id = s.tenant_id and t.id = s.shift_id
  where s.tenant_id = core.bound_tenant() and s.business_date between generate.from_date and generate.to_date
  on conflict on constraint shift_instance_pkey do nothing;
  return next;
end $$;
comment on function corporate.generate(date, date, uuid) is
  'Makes the shift instances and expectations of the rosters from from_date to to_date, both included, for a unit with everything beneath it (null: the tenant): two sessions for a split shift, and what each one''s template says of work and breaks. A shift that crosses a change of clocks has its true length. Counts what it made and withdrew; safe to repeat. The caller has bound a session.';

commit;
