-- Deploy smartattend:api/put_closed_days to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, lowest, highest, meaning) values
  ('closed_day', 'code', 1, 'code', true, true, null, null, null, 'its code'),
  ('closed_day', 'name', 2, 'name', false, true, null, null, null, 'what people read'),
  ('closed_day', 'starts_on', 3, 'date', false, true, null, null, null, 'the first day that is closed'),
  ('closed_day', 'ends_on', 4, 'date', false, false, null, null, null, 'the first day that is open again; by default the next one'),
  ('closed_day', 'site_code', 5, 'code', false, false, null, null, null, 'the site; by default every site'),
  ('closed_day', 'status', 6, 'word', false, false, '{closed,withdrawn}', null, null, 'closed by default');

create function api.put_closed_days(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_closed_days.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_now timestamptz := core.clock();
  v_outcomes core.batch_outcome[];
  v_changed uuid[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.code,
      x.name,
      x.starts_on,
      coalesce(x.ends_on, x.starts_on + 1) as ends_on,
      s.id as site_id,
      case when x.status = 'withdrawn' then coalesce(c.withdrawn_at, v_now) end as withdrawn_at,
      c.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when x.site_code is not null and s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when x.ends_on <= x.starts_on then core.fault('SA010', 'ends_on', x.ends_on::text, 'a day after starts_on')
          when not v_everywhere
            and (u.id is null or not identity.holds('schedule.manage', u.id) or c.id is not null and c.site_id is distinct from s.id)
            then identity.scope_fault('schedule.manage')
        end
      ) as fault,
      (c.name, c.starts_on, c.ends_on, c.site_id, c.withdrawn_at is not null)
      is not distinct from (x.name, x.starts_on, coalesce(x.ends_on, x.starts_on + 1), s.id, coalesce(x.status = 'withdrawn', false)) as is_same
    from core.read_entries('closed_day', put_closed_days.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (code text, name text, starts_on date, ends_on date, site_code text, status text)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join tenancy.unit as u on u.tenant_id = v_actor.tenant_id and u.site_id = s.id and u.kind = 'site'
    left join attendance.closed_day as c on c.tenant_id = v_actor.tenant_id and c.code = x.code
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.code order by e.ordinal)
  ), written as (
    insert into attendance.closed_day (tenant_id, id, code, name, site_id, starts_on, ends_on, withdrawn_at)
    select v_actor.tenant_id, j.id, j.code, j.name, j.site_id, j.starts_on, j.ends_on, j.withdrawn_at
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint closed_day_pkey do update set
      name = excluded.name,
      site_id = excluded.site_id,
      starts_on = excluded.starts_on,
      ends_on = excluded.ends_on,
      withdrawn_at = excluded.withdrawn_at
  )
  select
    array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal),
    array_agg(j.id) filter (where j.change in ('created', 'changed'))
  into v_outcomes, v_changed
  from judged as j;

  -- The lessons of these days do not take place; those that were taken did.
  perform attendance.cancel_sessions(array_agg(s.id), 'plan', 'closed: ' || c.name || ', ' || c.code)
  from unnest(v_changed) as n (id)
  inner join attendance.closed_day as c on c.tenant_id = v_actor.tenant_id and c.id = n.id and c.withdrawn_at is null
  inner join attendance.session as s
    on s.tenant_id = c.tenant_id
    and s.business_date >= c.starts_on
    and s.business_date < c.ends_on
    and (s.site_id = c.site_id or c.site_id is null)
    and s.source = 'timetable'
    and s.cancelled_at is null
  -- What an exception has moved here takes place.
  where not exists (select from school.timetable_exception as e where e.tenant_id = s.tenant_id and e.id = s.source_id)
  group by c.name, c.code;
  return query
  select f.* from identity.finish_put('put_closed_days', v_outcomes) as f;
end $$;
comment on function api.put_closed_days(jsonb, text) is
  'Says when a site, or every site, is closed; the format of the entries is core.entry_field''s ''closed_day'', the natural key the code. Sessions of timetables on these days are cancelled at once, if nobody has submitted them, and not made; when a day is withdrawn, the next schedule_generate makes them anew. What an exception moves to such a day takes place. Rosters are not touched. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the tenant, or the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_closed_days(jsonb, text) to smartattend_app;

commit;
