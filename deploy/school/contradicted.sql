-- Deploy smartattend:school/contradicted to pg
begin;
set local role smartattend_owner;

create function school.contradicted(exception_ids uuid[])
returns table (session_id uuid, reason text)
language sql
stable
rows 100
set search_path = pg_catalog, pg_temp
as $$
  select s.id, e.reason
  from unnest(contradicted.exception_ids) as c (id)
  inner join school.timetable_exception as e on e.tenant_id = core.bound_tenant() and e.id = c.id
  inner join school.timetable as t on t.tenant_id = e.tenant_id and t.id = e.timetable_id
  inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
  inner join tenancy.site as i on i.tenant_id = u.tenant_id and i.id = u.site_id
  cross join lateral (
    select
      core.local_instant(e.on_date + t.local_start, i.time_zone, 'start') as starts_at,
      (
        select core.local_instant(e.to_date + e.to_start, z.time_zone, 'start')
        from tenancy.site as z
        where z.tenant_id = e.tenant_id and z.id = coalesce(e.to_site_id, i.id)
      ) as to_starts_at,
      (
        select core.local_instant(e.to_date + e.to_end, z.time_zone, 'end')
        from tenancy.site as z
        where z.tenant_id = e.tenant_id and z.id = coalesce(e.to_site_id, i.id)
      ) as to_ends_at
    offset 0
  ) as w
  inner join attendance.session as s
    on s.tenant_id = e.tenant_id and s.unit_id = t.unit_id and s.kind = t.kind and s.source = 'timetable' and s.cancelled_at is null
    and (
      -- The slot itself, when it is cancelled or moved away; and where it was moved before.
      s.business_date = e.on_date and s.starts_at = w.starts_at and s.source_id <> e.id
      and e.withdrawn_at is null and (e.change = 'cancelled' or e.to_start is not null)
      or s.source_id = e.id
      and (
        e.withdrawn_at is not null or e.to_start is null
        or (s.starts_at, s.ends_at, s.site_id) is distinct from (w.to_starts_at, w.to_ends_at, coalesce(e.to_site_id, i.id))
      )
    )
$$;
comment on function school.contradicted(uuid[]) is
  'The live sessions that do not agree with exceptions any more, with the reason: cancelled slots, those that were moved away, and those that were moved elsewhere before.';

commit;
