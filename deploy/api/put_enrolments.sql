-- Deploy smartattend:api/put_enrolments to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, meaning) values
  ('enrolment', 'site_code', 1, 'code', true, true, 'the site'),
  ('enrolment', 'unit_code', 2, 'code', true, true, 'the section or other unit; the site''s own code for the whole school'),
  ('enrolment', 'member_number', 3, 'code', true, true, 'who belongs to it'),
  ('enrolment', 'starts_on', 4, 'date', true, true, 'the first day'),
  ('enrolment', 'ends_on', 5, 'date', false, false, 'the first day no longer; by default it has no end');

create function api.put_enrolments(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_enrolments.token);
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
      m.user_id as subject_id,
      n.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when m.user_id is null then core.fault('SA011', 'member_number', x.member_number, 'the number of a member of this tenant')
          when x.ends_on <= x.starts_on then core.fault('SA010', 'ends_on', x.ends_on::text, 'a day after starts_on')
        end
      ) as fault,
      n.ends_on is not distinct from x.ends_on as is_same
    from core.read_entries('enrolment', put_enrolments.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, unit_code text, member_number text, starts_on date, ends_on date)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.unit_code
      limit 1
    ) as u on true
    left join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.member_number = x.member_number
    left join lateral (
      select n.id, n.ends_on
      from school.enrolment as n
      where n.tenant_id = v_actor.tenant_id
        and n.unit_id = u.id
        and n.subject_id = m.user_id
        and n.starts_on = x.starts_on
      limit 1
    ) as n on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      first_value(e.ordinal) over same as first_ordinal,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.unit_id, e.subject_id, e.starts_on order by e.ordinal)
  ), met as (
    -- Entries of this call that overlap each other, found inside their small groups.
    select distinct a.ordinal
    from (
      select
        array_agg(j.ordinal) as ordinals,
        array_agg(j.starts_on) as starts,
        array_agg(coalesce(j.ends_on, 'infinity')) as ends
      from judged as j
      where j.change in ('created', 'changed')
      group by j.unit_id, j.subject_id
      having count(*) > 1
    ) as g
    cross join lateral unnest(g.ordinals, g.starts, g.ends) as a (ordinal, starts_on, ends_on)
    cross join lateral unnest(g.ordinals, g.starts, g.ends) as b (ordinal, starts_on, ends_on)
    where a.ordinal <> b.ordinal
      and a.starts_on < b.ends_on
      and a.ends_on > b.starts_on
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
        then core.fault('SA113', 'starts_on', j.starts_on || ' to ' || coalesce(j.ends_on::text, 'no end'), 'a range that overlaps no other enrolment of this person in this unit')
        else j.fault
      end as final_fault
    from judged as j
    -- A present row that the entry overlaps may make room if this call changes it; any other refuses the entry.
    cross join lateral (
      select bool_or(o.id not in (select i.id from judged as i where i.change = 'changed')) as is_refused
      from school.enrolment as o
      where j.change in ('created', 'changed', 'repeated')
        and o.id <> j.id
        and o.tenant_id = v_actor.tenant_id
        and o.unit_id = j.unit_id
        and o.subject_id = j.subject_id
        and o.starts_on < coalesce(j.ends_on, 'infinity')
        and coalesce(o.ends_on, 'infinity') > j.starts_on
    ) as c
  ), written as (
    insert into school.enrolment (tenant_id, id, unit_id, subject_id, starts_on, ends_on)
    select v_actor.tenant_id, s.id, s.unit_id, s.subject_id, s.starts_on, s.ends_on
    from settled as s
    where s.verdict in ('created', 'changed')
    on conflict on constraint enrolment_pkey do update set
      ends_on = excluded.ends_on
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
    select f.* from identity.finish_put('put_enrolments', v_outcomes) as f
    union all
    select w.ordinal, p.key, p.status, p.code, p.message, p.id, p.revision, p.detail
    from unnest(v_waiting) as w (ordinal)
    cross join lateral api.put_enrolments(jsonb_build_array(put_enrolments.entries -> (w.ordinal - 1)), put_enrolments.token) as p
  ) as o
  order by o.ordinal;
end $$;
comment on function api.put_enrolments(jsonb, text) is
  'Enrols people in units or changes when that ends; the format of the entries is core.entry_field''s ''enrolment'', the natural key site, unit, member and first day. Enrolments of one person in one unit do not overlap (SA113); one is ended by ends_on. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112, SA113). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_enrolments(jsonb, text) to smartattend_app;

commit;
