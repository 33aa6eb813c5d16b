-- Deploy smartattend:school/apply_exceptions to pg
begin;
set local role smartattend_owner;

create function school.exception_sessions(from_date date, to_date date)
returns table (session_id uuid, room text, substitute_id uuid, moved_from_id uuid)
language sql
stable
rows 100
set search_path = pg_catalog, pg_temp
as $$
  select s.id, e.room, e.substitute_id, case when e.to_start is not null then o.id end
  from school.timetable_exception as e
  inner join school.timetable as t on t.tenant_id = e.tenant_id and t.id = e.timetable_id
  inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
  inner join tenancy.site as i on i.tenant_id = u.tenant_id and i.id = u.site_id
  cross join lateral (select core.local_instant(e.on_date + t.local_start, i.time_zone, 'start') as starts_at offset 0) as w
  left join lateral (
    select s.id
    from attendance.session as s
    where s.tenant_id = e.tenant_id
      and s.business_date = e.on_date
      and s.unit_id = t.unit_id
      and s.kind = t.kind
      and s.starts_at = w.starts_at
      and s.cancelled_via = 'plan'
    order by s.cancelled_at desc
    limit 1
  ) as o on true
  cross join lateral (
    select s.id
    from attendance.session as s
    where s.tenant_id = e.tenant_id
      and s.business_date = coalesce(e.to_date, e.on_date)
      and s.unit_id = t.unit_id
      and s.kind = t.kind
      and s.cancelled_at is null
      and case when e.to_start is not null then s.source_id = e.id else s.starts_at = w.starts_at and s.source = 'timetable' end
    limit 1
  ) as s
  where e.tenant_id = core.bound_tenant()
    and e.withdrawn_at is null
    and e.change <> 'cancelled'
    and coalesce(e.to_date, e.on_date) between exception_sessions.from_date and exception_sessions.to_date
$$;
comment on function school.exception_sessions(date, date) is
  'The live sessions that exceptions of the bound tenant are about, from from_date to to_date, with what is otherwise about them.';

create function school.apply_exceptions(from_date date, to_date date)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := core.bound_tenant();
  v_now timestamptz := core.clock();
begin
  update attendance.session as s
  set room = x.room, moved_from_id = x.moved_from_id
  from (
    select s.id, x.room, x.moved_from_id
    from attendance.session as s
    left join school.exception_sessions(apply_exceptions.from_date, apply_exceptions.to_date) as x on x.session_id = s.id
    where s.tenant_id = v_tenant_id
      and s.business_date between apply_exceptions.from_date and apply_exceptions.to_date
      and s.source = 'timetable'
      and (s.room is not null or x.session_id is not null)
  ) as x
  where s.tenant_id = v_tenant_id
    and s.id = x.id
    and (s.room, s.moved_from_id) is distinct from (x.room, x.moved_from_id);
  insert into attendance.substitute as u (tenant_id, session_id, user_id, appointed_by)
  select v_tenant_id, x.session_id, x.substitute_id, (core.actor()).user_id
  from school.exception_sessions(apply_exceptions.from_date, apply_exceptions.to_date) as x
  where x.substitute_id is not null
  on conflict on constraint substitute_pkey do update set
    withdrawn_at = null, appointed_at = v_now, appointed_by = excluded.appointed_by
  where u.withdrawn_at is not null;
  update attendance.substitute as u
  set withdrawn_at = v_now
  from attendance.session as s
  where s.tenant_id = v_tenant_id
    and s.business_date between apply_exceptions.from_date and apply_exceptions.to_date
    and s.source = 'timetable'
    and u.tenant_id = s.tenant_id
    and u.session_id = s.id
    and u.withdrawn_at is null
    and (u.session_id, u.user_id) not in (
      select x.session_id, x.substitute_id
      from school.exception_sessions(apply_exceptions.from_date, apply_exceptions.to_date) as x
      where x.substitute_id is not null
    );
end $$;
comment on function school.apply_exceptions(date, date) is
  'Brings rooms, substitutes and the names of moved sessions into line with the exceptions, from from_date to to_date. The caller holds the permission.';

commit;
