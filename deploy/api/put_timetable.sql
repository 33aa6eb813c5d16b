-- Deploy smartattend:api/put_timetable to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, lowest, highest, meaning) values
  ('timetable', 'site_code', 1, 'code', true, true, null, null, null, 'the site'),
  ('timetable', 'unit_code', 2, 'code', true, true, null, null, null, 'the unit that meets; the site''s own code for the whole school'),
  ('timetable', 'kind', 3, 'word', true, true, '{meeting,day,half_day}', null, null, 'what it is'),
  ('timetable', 'weekday', 4, 'integer', true, true, null, 1, 7, 'ISO 8601: 1 is Monday'),
  ('timetable', 'local_start', 5, 'time', true, true, null, null, null, 'when it starts, in the zone of the site'),
  ('timetable', 'valid_from', 6, 'date', true, true, null, null, null, 'the first day on which it is valid'),
  ('timetable', 'local_end', 7, 'time', false, true, null, null, null, 'when it ends on the same day'),
  ('timetable', 'valid_until', 8, 'date', false, false, null, null, null, 'the first day on which it is no longer valid; by default it has no end');

create function api.put_timetable(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_timetable.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
  v_waiting integer[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      u.id as unit_id,
      t.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when x.local_end <= x.local_start then core.fault('SA010', 'local_end', x.local_end::text, 'a time after local_start')
          when x.valid_until <= x.valid_from then core.fault('SA010', 'valid_until', x.valid_until::text, 'a day after valid_from')
        end
      ) as fault,
      (t.local_end, t.valid_until) is not distinct from (x.local_end, x.valid_until) as is_same
    from core.read_entries('timetable', put_timetable.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      site_code text, unit_code text, kind text, weekday smallint, local_start time, valid_from date, local_end time, valid_until date
    )
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.unit_code
      limit 1
    ) as u on true
    left join lateral (
      select t.id, t.local_end, t.valid_until
      from school.timetable as t
      where t.tenant_id = v_actor.tenant_id
        and t.unit_id = u.id
        and t.kind = x.kind
        and t.weekday = x.weekday
        and t.local_start = x.local_start
        and t.valid_from = x.valid_from
      limit 1
    ) as t on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      first_value(e.ordinal) over same as first_ordinal,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.unit_id, e.kind, e.weekday, e.local_start, e.valid_from order by e.ordinal)
  ), met as (
    -- Entries of this call that overlap each other, found inside their small groups.
    select distinct a.ordinal
    from (
      select
        array_agg(j.ordinal) as ordinals,
        array_agg(j.local_start) as starts,
        array_agg(j.local_end) as ends,
        array_agg(j.valid_from) as froms,
        array_agg(coalesce(j.valid_until, 'infinity')) as untils
      from judged as j
      where j.change in ('created', 'changed')
      group by j.unit_id, j.kind, j.weekday
      having count(*) > 1
    ) as g
    cross join lateral unnest(g.ordinals, g.starts, g.ends, g.froms, g.untils) as a (ordinal, local_start, local_end, valid_from, valid_until)
    cross join lateral unnest(g.ordinals, g.starts, g.ends, g.froms, g.untils) as b (ordinal, local_start, local_end, valid_from, valid_until)
    where a.ordinal <> b.ordinal
      and a.local_start < b.local_end
      and a.local_end > b.local_start
      and a.valid_from < b.valid_until
      and a.valid_until > b.valid_from
  ), settled as materialized (
    select
      j.*,
      case
        when c.is_refused then 'faulty'
        when c.is_refused is not null then 'waiting'
        when j.change in ('created', 'changed', 'repeated') and j.first_ordinal in (select m.ordinal from met as m) then 'waiting'
        else j.change
      end as verdict,
      case
        when c.is_refused
        then core.fault('SA113', 'local_start', j.local_start || ' to ' || j.local_end || ' from ' || j.valid_from, 'a range that overlaps no other slot of this unit and kind')
        else j.fault
      end as final_fault
    from judged as j
    -- A present row that the entry overlaps may make room if this call changes it; any other refuses the entry.
    cross join lateral (
      select bool_or(o.id not in (select i.id from judged as i where i.change = 'changed')) as is_refused
      from school.timetable as o
      where j.change in ('created', 'changed', 'repeated')
        and o.id <> j.id
        and o.tenant_id = v_actor.tenant_id
        and o.unit_id = j.unit_id
        and o.kind = j.kind
        and o.weekday = j.weekday
        and o.local_start < j.local_end
        and o.local_end > j.local_start
        and o.valid_from < coalesce(j.valid_until, 'infinity')
        and coalesce(o.valid_until, 'infinity') > j.valid_from
    ) as c
  ), written as (
    insert into school.timetable (tenant_id, id, unit_id, kind, weekday, local_start, local_end, valid_from, valid_until)
    select v_actor.tenant_id, s.id, s.unit_id, s.kind, s.weekday, s.local_start, s.local_end, s.valid_from, s.valid_until
    from settled as s
    where s.verdict in ('created', 'changed')
    on conflict on constraint timetable_pkey do update set
      local_end = excluded.local_end,
      valid_until = excluded.valid_until
  )
  select
    array_agg(core.put_outcome(s.ordinal, s.key, s.verdict, s.final_fault, s.id) order by s.ordinal)
      filter (where s.verdict <> 'waiting'),
    array_agg(s.ordinal order by s.ordinal) filter (where s.verdict = 'waiting')
  into v_outcomes, v_waiting
  from settled as s;

  -- What overlaps inside this call waits for the rest, and is then put one by one in its order.
  return query
  select o.*
  from (
    select f.* from identity.finish_put('put_timetable', v_outcomes) as f
    union all
    select w.ordinal, p.key, p.status, p.code, p.message, p.id, p.revision, p.detail
    from unnest(v_waiting) as w (ordinal)
    cross join lateral api.put_timetable(jsonb_build_array(put_timetable.entries -> (w.ordinal - 1)), put_timetable.token) as p
  ) as o
  order by o.ordinal;
end $$;
comment on function api.put_timetable(jsonb, text) is
  'Adds or changes when units meet; the format of the entries is core.entry_field''s ''timetable'', the natural key site, unit, kind, weekday, start and first day. Slots of one unit and kind do not overlap (SA113); a slot is ended by valid_until. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112, SA113). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_timetable(jsonb, text) to smartattend_app;

commit;
