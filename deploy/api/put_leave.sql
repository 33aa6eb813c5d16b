-- Deploy smartattend:api/put_leave to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, lowest, highest, meaning) values
  ('leave', 'member_number', 1, 'code', true, true, null, null, null, 'whose'),
  ('leave', 'starts_at', 2, 'moment', true, true, null, null, null, 'when it begins; a date is its beginning'),
  ('leave', 'ends_at', 3, 'moment', false, false, null, null, null, 'when it is over, not included; required unless it is withdrawn'),
  ('leave', 'kind', 4, 'word', false, false, '{leave,future_absence}', null, null, 'approved leave, by default, or an absence that was announced'),
  ('leave', 'code', 5, 'code', false, false, null, null, null, 'the code that it prefills, of a category that excuses; by default that of an excused absence'),
  ('leave', 'reason', 6, 'reason', false, true, null, null, null, 'why it is approved, or withdrawn'),
  ('leave', 'status', 7, 'word', false, false, '{approved,withdrawn}', null, null, 'approved by default'),
  ('leave', 'site_code', 8, 'code', false, false, null, null, null, 'the site whose zone local times are in; by default the tenant''s zone');

create function attendance.manages_leave(subject_id uuid, starts_at timestamptz, ends_at timestamptz)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select
    from (
      select e.unit_id
      from attendance.expectation as e
      where e.tenant_id = core.bound_tenant()
        and e.subject_id = manages_leave.subject_id
        and e.opens_at > manages_leave.starts_at - interval '30 days'
        and e.opens_at < manages_leave.ends_at
        and e.withdrawn_at is null
      union
      select n.unit_id
      from school.enrolment as n
      where n.tenant_id = core.bound_tenant()
        and n.subject_id = manages_leave.subject_id
        and n.starts_on <= manages_leave.ends_at::date + 1
        and coalesce(n.ends_on, 'infinity') >= manages_leave.starts_at::date - 1
      union
      select t.unit_id
      from corporate.roster as o
      inner join corporate.shift_template as t on t.tenant_id = o.tenant_id and t.id = o.template_id
      where o.tenant_id = core.bound_tenant()
        and o.subject_id = manages_leave.subject_id
        and o.on_date between manages_leave.starts_at::date - 30 and manages_leave.ends_at::date + 1
        and o.withdrawn_at is null
    ) as u
    where identity.holds('leave.manage', u.unit_id)
  )
$$;
comment on function attendance.manages_leave(uuid, timestamptz, timestamptz) is
  'Whether the bound actor holds leave.manage for a unit to which a person belongs during a stretch: enrolled, rostered or expected there, or in the 30 days before.';

create function api.put_leave(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_leave.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('leave.manage');
  v_now timestamptz := core.clock();
  v_settled jsonb;
  v_outcomes core.batch_outcome[];
  v_waiting integer[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      m.user_id as subject_id,
      coalesce(x.kind, 'leave') as kind,
      i.starts_at,
      i.ends_at,
      c.code,
      x.reason,
      coalesce(x.status = 'withdrawn', false) as is_withdrawal,
      l.id as present_id,
      w.id as past_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when m.user_id is null then core.fault('SA011', 'member_number', x.member_number, 'the number of a member of this tenant')
          when x.site_code is not null and s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when x.status = 'withdrawn' and coalesce(l.id, w.id) is null
            then core.fault('SA011', 'starts_at', x.starts_at, 'the beginning of a leave of this person')
          when x.status is distinct from 'withdrawn' and x.ends_at is null
            then core.fault('SA012', 'ends_at', 'null', core.entry_value_expected('moment', null, null, null))
          when i.ends_at <= i.starts_at then core.fault('SA010', 'ends_at', x.ends_at, 'a moment after starts_at')
          when not v_everywhere and not attendance.manages_leave(m.user_id, i.starts_at, coalesce(i.ends_at, l.ends_at, i.starts_at))
            then identity.scope_fault('leave.manage')
          when m.user_id = v_actor.user_id then core.fault('SA105', 'member_number', x.member_number, 'the leave of somebody else')
          when x.status is distinct from 'withdrawn' and c.code is null
            then core.fault('SA111', 'code', coalesce(x.code, 'null'), 'an open code of a category that excuses')
        end
      ) as fault,
      case
        when x.status = 'withdrawn' then l.id is null
        else coalesce((l.kind, l.ends_at, l.code, l.reason) = (coalesce(x.kind, 'leave'), i.ends_at, c.code, x.reason), false)
      end as is_same
    from core.read_entries('leave', put_leave.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      member_number text, starts_at text, ends_at text, kind text, code text, reason text, status text, site_code text
    )
    left join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.member_number = x.member_number
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    cross join lateral (
      select core.moment(x.starts_at, z.zone, 'start') as starts_at, core.moment(x.ends_at, z.zone, 'end') as ends_at
      from (
        select coalesce(s.time_zone, (select t.time_zone from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id)) as zone
      ) as z
      offset 0
    ) as i
    left join lateral (
      select c.code
      from attendance.code as c
      inner join attendance.category as g on g.category = c.category
      where c.tenant_id = v_actor.tenant_id
        and g.is_excuse
        and (c.code = x.code or x.code is null and c.category = 'absent_excused' and c.is_default)
        and c.valid_from <= v_now and c.valid_until > v_now
        and (c.permission is null or identity.holds(c.permission))
      limit 1
    ) as c on true
    left join lateral (
      select l.id, l.kind, l.ends_at, l.code, l.reason
      from attendance.leave as l
      where l.tenant_id = v_actor.tenant_id and l.subject_id = m.user_id and l.starts_at = i.starts_at and l.withdrawn_at is null
      limit 1
    ) as l on true
    left join lateral (
      select l.id
      from attendance.leave as l
      where l.tenant_id = v_actor.tenant_id and l.subject_id = m.user_id and l.starts_at = i.starts_at and l.withdrawn_at is not null
      order by l.withdrawn_at desc
      limit 1
    ) as w on true
  ), judged as materialized (
    select
      e.*,
      first_value(e.ordinal) over same as first_ordinal,
      first_value(e.new_id) over same as first_id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value,
        e.present_id is not null or e.is_withdrawal and e.past_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.subject_id, e.starts_at order by e.ordinal)
  ), met as (
    -- Entries of this call that overlap each other, found inside their small groups.
    select distinct a.ordinal
    from (
      select array_agg(j.ordinal) as ordinals, array_agg(j.starts_at) as starts, array_agg(j.ends_at) as ends
      from judged as j
      where j.change in ('created', 'changed') and not j.is_withdrawal
      group by j.subject_id
      having count(*) > 1
    ) as g
    cross join lateral unnest(g.ordinals, g.starts, g.ends) as a (ordinal, starts_at, ends_at)
    cross join lateral unnest(g.ordinals, g.starts, g.ends) as b (ordinal, starts_at, ends_at)
    where a.ordinal <> b.ordinal
      and a.starts_at < b.ends_at
      and a.ends_at > b.starts_at
  ), settled as (
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
        then core.fault('SA113', 'starts_at', attendance.utc(j.starts_at) || ' to ' || attendance.utc(j.ends_at), 'a stretch that overlaps no other leave of this person')
        else j.fault
      end as final_fault
    from judged as j
    -- A leave that the entry overlaps may make room if this call changes it; any other refuses the entry.
    cross join lateral (
      select bool_or(o.id not in (select i.present_id from judged as i where i.change = 'changed' and i.present_id is not null)) as is_refused
      from attendance.leave as o
      where j.change in ('created', 'changed', 'repeated')
        and not j.is_withdrawal
        and o.tenant_id = v_actor.tenant_id
        and o.subject_id = j.subject_id
        and o.id is distinct from j.present_id
        and o.starts_at < j.ends_at
        and o.ends_at > j.starts_at
        and o.withdrawn_at is null
    ) as c
  )
  select
    array_agg(
      core.put_outcome(
        s.ordinal, s.key, s.verdict, s.final_fault,
        case
          when s.verdict in ('created', 'changed', 'repeated') and not s.is_withdrawal and not s.is_same then s.first_id
          else coalesce(s.present_id, s.past_id, s.first_id)
        end
      )
      order by s.ordinal
    ) filter (where s.verdict <> 'waiting'),
    array_agg(s.ordinal order by s.ordinal) filter (where s.verdict = 'waiting'),
    coalesce(
      jsonb_agg(jsonb_build_object(
        'id', s.new_id, 'subject_id', s.subject_id, 'kind', s.kind, 'starts_at', s.starts_at, 'ends_at', s.ends_at, 'code', s.code,
        'reason', s.reason, 'is_withdrawal', s.is_withdrawal, 'present_id', s.present_id
      )) filter (where s.verdict in ('created', 'changed')),
      '[]'
    )
  into v_outcomes, v_waiting, v_settled
  from settled as s;

  -- What is approved never changes: another content is a new row in the place of the withdrawn one.
  update attendance.leave as l
  set withdrawn_at = v_now, withdrawer_id = v_actor.user_id, withdrawal_reason = w.reason
  from jsonb_to_recordset(v_settled) as w (present_id uuid, reason text)
  where l.tenant_id = v_actor.tenant_id and l.id = w.present_id;
  insert into attendance.leave (tenant_id, id, subject_id, kind, starts_at, ends_at, code, reason, approver_id, approved_at, replaces_id)
  select v_actor.tenant_id, w.id, w.subject_id, w.kind, w.starts_at, w.ends_at, w.code, w.reason, v_actor.user_id, v_now, w.present_id
  from jsonb_to_recordset(v_settled) as w (
    id uuid, subject_id uuid, kind text, starts_at timestamptz, ends_at timestamptz, code text, reason text, is_withdrawal boolean, present_id uuid
  )
  where not w.is_withdrawal;
  perform attendance.cover(
    array_agg(w.subject_id),
    array_agg(w.starts_at),
    array_agg(greatest(w.ends_at, (select l.ends_at from attendance.leave as l where l.tenant_id = v_actor.tenant_id and l.id = w.present_id)))
  )
  from jsonb_to_recordset(v_settled) as w (subject_id uuid, starts_at timestamptz, ends_at timestamptz, present_id uuid)
  having count(*) > 0;

  -- What overlaps inside this call waits for the rest, and is then put one by one in its order.
  return query
  select o.*
  from (
    select f.* from identity.finish_put('put_leave', v_outcomes) as f
    union all
    select w.ordinal, p.key, p.status, p.code, p.message, p.id, p.revision, p.detail
    from unnest(v_waiting) as w (ordinal)
    cross join lateral api.put_leave(jsonb_build_array(put_leave.entries -> (w.ordinal - 1)), put_leave.token) as p
  ) as o
  order by o.ordinal;
end $$;
comment on function api.put_leave(jsonb, text) is
  'Approves, changes and withdraws leave and future absences; the format of the entries is core.entry_field''s ''leave'', the natural key member and beginning. Expectations that it covers wholly get its kind and code at once, also in sessions that are made later, and their plan back when it is withdrawn; a change is a new leave that replaces the withdrawn one. Leaves of one person do not overlap (SA113), and nobody approves the own (SA105). Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA105, SA107, SA111, SA112, SA113). Permission leave.manage for the tenant, or for a unit to which the person belongs. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_leave(jsonb, text) to smartattend_app;

commit;
