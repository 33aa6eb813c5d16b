-- Deploy smartattend:api/put_timetable_exceptions to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, lowest, highest, meaning) values
  ('timetable_exception', 'site_code', 1, 'code', true, true, null, null, null, 'the site'),
  ('timetable_exception', 'unit_code', 2, 'code', true, true, null, null, null, 'the unit that meets'),
  ('timetable_exception', 'kind', 3, 'word', true, true, '{meeting,day,half_day}', null, null, 'what it is'),
  ('timetable_exception', 'on_date', 4, 'date', true, true, null, null, null, 'the day on which the timetable has it'),
  ('timetable_exception', 'local_start', 5, 'time', true, true, null, null, null, 'when the timetable has it begin'),
  ('timetable_exception', 'change', 6, 'word', false, true, '{cancelled,moved,substituted,none}', null, null, 'what is otherwise; none: it is as planned, again'),
  ('timetable_exception', 'reason', 7, 'reason', false, true, null, null, null, 'why'),
  ('timetable_exception', 'to_date', 8, 'date', false, false, null, null, null, 'moved to this day; by default the same'),
  ('timetable_exception', 'to_start', 9, 'time', false, false, null, null, null, 'moved to this time'),
  ('timetable_exception', 'to_end', 10, 'time', false, false, null, null, null, 'until this time; by default it lasts as long as planned'),
  ('timetable_exception', 'to_site_code', 11, 'code', false, false, null, null, null, 'moved to this site, in whose zone the times are then'),
  ('timetable_exception', 'room', 12, 'name', false, false, null, null, null, 'moved to this room'),
  ('timetable_exception', 'substitute', 13, 'code', false, false, null, null, null, 'the member number of who takes the register instead');

create function api.put_timetable_exceptions(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_timetable_exceptions.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_now timestamptz := core.clock();
  v_outcomes core.batch_outcome[];
  v_changed uuid[];
  v_again record;
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      t.id as timetable_id,
      x.on_date,
      x.change,
      x.reason,
      w.to_date,
      w.to_start,
      w.to_end,
      g.id as to_site_id,
      x.room,
      m.user_id as substitute_id,
      p.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when t.id is null
            then core.fault('SA011', 'local_start', x.on_date || ' ' || x.local_start, 'a slot that the timetable has on this day')
          when x.to_site_code is not null and g.id is null
            then core.fault('SA011', 'to_site_code', x.to_site_code, 'the code of a site of this tenant')
          when x.substitute is not null and m.user_id is null
            then core.fault('SA011', 'substitute', x.substitute, 'the number of a member of faculty or staff, or of the management')
          when x.change = 'substituted' and x.substitute is null
            then core.fault('SA012', 'substitute', 'null', core.entry_value_expected('code', null, null, null))
          when x.change = 'moved' and coalesce(x.to_start::text, x.room) is null
            then core.fault('SA012', 'to_start', 'null', 'a time, or a room')
          when x.to_start is null and num_nonnulls(x.to_date, x.to_end, x.to_site_code) > 0
            then core.fault('SA012', 'to_start', 'null', core.entry_value_expected('time', null, null, null))
          when x.change <> 'moved' and num_nonnulls(x.to_start, x.room) > 0
            then core.fault('SA010', 'change', x.change, 'moved, for another time, site or room')
          when x.change in ('cancelled', 'none') and x.substitute is not null
            then core.fault('SA010', 'substitute', x.substitute, 'nobody, for what does not take place or is as planned')
          when w.to_end <= w.to_start then core.fault('SA010', 'to_end', w.to_end::text, 'a time after to_start on the same day')
          when w.to_date < r.starts_on or w.to_date >= r.ends_on
            then core.fault('SA010', 'to_date', w.to_date::text, 'a day inside the term')
          when x.change = 'none' and p.id is null
            then core.fault('SA011', 'on_date', x.on_date::text, 'a day with an exception of this slot')
        end
      ) as fault,
      case x.change
        when 'none' then p.withdrawn_at is not null
        else p.withdrawn_at is null
          and (p.change, p.reason, p.to_date, p.to_start, p.to_end, p.to_site_id, p.room, p.substitute_id)
          is not distinct from (x.change, x.reason, w.to_date, w.to_start, w.to_end, g.id, x.room, m.user_id)
      end as is_same
    from core.read_entries('timetable_exception', put_timetable_exceptions.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      site_code text, unit_code text, kind text, on_date date, local_start time, change text, reason text, to_date date, to_start time,
      to_end time, to_site_code text, room text, substitute text
    )
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id and u.site_id = s.id and u.code = x.unit_code
      limit 1
    ) as u on true
    left join lateral (
      select t.id, t.local_end
      from school.timetable as t
      where t.tenant_id = v_actor.tenant_id
        and t.unit_id = u.id
        and t.kind = x.kind
        and t.weekday = extract(isodow from x.on_date)
        and t.local_start = x.local_start
        and t.valid_from <= x.on_date
        and coalesce(t.valid_until, 'infinity') > x.on_date
      limit 1
    ) as t on true
    left join tenancy.site as g on g.tenant_id = v_actor.tenant_id and g.code = x.to_site_code
    left join identity.membership as m
      on m.tenant_id = v_actor.tenant_id and m.member_number = x.substitute and m.kind not in ('student', 'guardian', 'employee')
    left join school.section as n on n.tenant_id = v_actor.tenant_id and n.id = u.id
    left join school.term as r on r.tenant_id = v_actor.tenant_id and r.id = n.term_id
    cross join lateral (
      select
        case when x.to_start is not null then coalesce(x.to_date, x.on_date) end as to_date,
        x.to_start,
        case
          when x.to_end is not null then x.to_end
          -- A time wraps at midnight, an interval does not: what would end on the next day ends before it starts, and is refused.
          when x.to_start is not null then x.to_start + (t.local_end - x.local_start)
        end as to_end
    ) as w
    left join lateral (
      select p.*
      from school.timetable_exception as p
      where p.tenant_id = v_actor.tenant_id and p.timetable_id = t.id and p.on_date = x.on_date
      limit 1
    ) as p on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as verdict
    from entry as e
    window same as (partition by e.fault is null, e.timetable_id, e.on_date order by e.ordinal)
  ), written as (
    insert into school.timetable_exception as p (
      tenant_id, id, timetable_id, on_date, change, reason, to_date, to_start, to_end, to_site_id, room, substitute_id
    )
    select
      v_actor.tenant_id, j.id, j.timetable_id, j.on_date, j.change, j.reason, j.to_date, j.to_start, j.to_end, j.to_site_id, j.room,
      j.substitute_id
    from judged as j
    where j.verdict in ('created', 'changed') and j.change <> 'none'
    on conflict on constraint timetable_exception_pkey do update set
      change = excluded.change,
      reason = excluded.reason,
      to_date = excluded.to_date,
      to_start = excluded.to_start,
      to_end = excluded.to_end,
      to_site_id = excluded.to_site_id,
      room = excluded.room,
      substitute_id = excluded.substitute_id,
      withdrawn_at = null
  ), withdrawn as (
    update school.timetable_exception as p
    set withdrawn_at = v_now
    from judged as j
    where p.tenant_id = v_actor.tenant_id and p.id = j.present_id and j.verdict = 'changed' and j.change = 'none'
  )
  select
    array_agg(core.put_outcome(j.ordinal, j.key, j.verdict, j.fault, j.id) order by j.ordinal),
    array_agg(j.id) filter (where j.verdict in ('created', 'changed'))
  into v_outcomes, v_changed
  from judged as j;

  -- At once, whether the sessions have begun or not: what was not taken may still not have taken place.
  perform attendance.cancel_sessions(array_agg(x.session_id), 'plan', x.reason)
  from school.contradicted(v_changed) as x
  group by x.reason;
  for v_again in
    select distinct t.unit_id, d.day
    from unnest(v_changed) as c (id)
    inner join school.timetable_exception as e on e.tenant_id = v_actor.tenant_id and e.id = c.id
    inner join school.timetable as t on t.tenant_id = e.tenant_id and t.id = e.timetable_id
    cross join lateral unnest(array[e.on_date, e.to_date]) as d (day)
    where d.day is not null
      and exists (
        select from attendance.session as s
        where s.tenant_id = e.tenant_id and s.business_date = e.on_date and s.unit_id = t.unit_id and s.source = 'timetable'
      )
    order by d.day, t.unit_id
  loop
    perform school.generate(v_again.day, v_again.day, v_again.unit_id);
  end loop;
  return query
  select f.* from identity.finish_put('put_timetable_exceptions', v_outcomes) as f;
end $$;
comment on function api.put_timetable_exceptions(jsonb, text) is
  'Says what is otherwise on one day than the timetable says: a slot is cancelled, moved to another time, site or room, or taken by a substitute; change none takes that back. The format of the entries is core.entry_field''s ''timetable_exception'', the natural key site, unit, kind, day and start in the timetable. Sessions follow at once if schedule_generate has made them, otherwise when it does: a cancelled one has its register cancelled with the reason and expects nobody; one that moves in time is a new session that names the cancelled one (moved_from_id), one that changes its room is the same; a substitute may open, submit and read the register. What was submitted, or has somebody recorded absent, took place and stays. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_timetable_exceptions(jsonb, text) to smartattend_app;

commit;
