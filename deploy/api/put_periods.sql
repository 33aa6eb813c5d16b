-- Deploy smartattend:api/put_periods to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, meaning) values
  ('period', 'code', 1, 'code', true, true, null, 'unique in the tenant'),
  ('period', 'name', 2, 'name', false, true, null, 'what people call it'),
  ('period', 'kind', 3, 'word', false, true, '{pay_period,term}', 'what it is'),
  ('period', 'starts_on', 4, 'date', false, true, null, 'its first day'),
  ('period', 'ends_on', 5, 'date', false, true, null, 'the first day after it'),
  ('period', 'day_starts_at', 6, 'time', false, false, null, 'the time in the tenant''s zone at which both days begin for it; by default midnight');

create function api.put_periods(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_periods.token);
  v_barred jsonb := identity.begin_put('ordinary_write', 'period.manage');
  v_zone text;
  v_outcomes core.batch_outcome[];
  v_waiting integer[];
begin
  select t.time_zone into v_zone from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id;
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.code, x.name, x.kind,
      i.starts_at, i.ends_at,
      p.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when i.ends_at <= i.starts_at then core.fault('SA010', 'ends_on', x.ends_on::text, 'a day after starts_on')
          when p.state <> 'open' and (p.kind, p.starts_at, p.ends_at) <> (x.kind, i.starts_at, i.ends_at)
          then core.fault('SA117', 'code', format('period %s, which is %s', p.code, p.state), 'a period that is open')
        end
      ) as fault,
      (p.name, p.kind, p.starts_at, p.ends_at) is not distinct from (x.name, x.kind, i.starts_at, i.ends_at) as is_same
    from core.read_entries('period', put_periods.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (code text, name text, kind text, starts_on date, ends_on date, day_starts_at time)
    cross join lateral (
      select
        core.local_instant(x.starts_on + coalesce(x.day_starts_at, '00:00'), v_zone, 'start') as starts_at,
        core.local_instant(x.ends_on + coalesce(x.day_starts_at, '00:00'), v_zone, 'start') as ends_at
      offset 0
    ) as i
    left join lateral (
      select p.*
      from attendance.period as p
      where p.tenant_id = v_actor.tenant_id and p.code = x.code
      limit 1
    ) as p on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      first_value(e.ordinal) over same as first_ordinal,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.code order by e.ordinal)
  ), met as (
    -- Entries of this call that overlap each other: beside one that begins before the last one so far has ended.
    select m.ordinal
    from (
      select
        j.ordinal,
        j.starts_at < max(j.ends_at) over (order by j.starts_at, j.ordinal rows between unbounded preceding and 1 preceding) as meets_an_earlier,
        j.ends_at > min(j.starts_at) over (order by j.starts_at, j.ordinal rows between 1 following and unbounded following) as meets_a_later
      from judged as j
      where j.change in ('created', 'changed')
    ) as m
    where m.meets_an_earlier or m.meets_a_later
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
        then core.fault('SA113', 'starts_on', attendance.utc(j.starts_at) || ' to ' || attendance.utc(j.ends_at), 'a range that overlaps no other period of this tenant')
        else j.fault
      end as final_fault
    from judged as j
    -- A present period that the entry overlaps may make room if this call changes it; any other refuses the entry.
    cross join lateral (
      select bool_or(o.id not in (select i.id from judged as i where i.change = 'changed')) as is_refused
      from attendance.period as o
      where j.change in ('created', 'changed', 'repeated')
        and o.id <> j.id
        and o.tenant_id = v_actor.tenant_id
        and o.starts_at < j.ends_at
        and o.ends_at > j.starts_at
    ) as c
  ), written as (
    insert into attendance.period (tenant_id, id, code, name, kind, starts_at, ends_at)
    select v_actor.tenant_id, s.id, s.code, s.name, s.kind, s.starts_at, s.ends_at
    from settled as s
    where s.verdict in ('created', 'changed')
    on conflict on constraint period_pkey do update set
      name = excluded.name,
      kind = excluded.kind,
      starts_at = excluded.starts_at,
      ends_at = excluded.ends_at
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
    select f.* from identity.finish_put('put_periods', v_outcomes) as f
    union all
    select w.ordinal, p.key, p.status, p.code, p.message, p.id, p.revision, p.detail
    from unnest(v_waiting) as w (ordinal)
    cross join lateral api.put_periods(jsonb_build_array(put_periods.entries -> (w.ordinal - 1)), put_periods.token) as p
  ) as o
  order by o.ordinal;
end $$;
comment on function api.put_periods(jsonb, text) is
  'Adds pay periods and terms, or changes open ones; the format of the entries is core.entry_field''s ''period'', the natural key its code. Periods of a tenant do not overlap (SA113), whatever their kind. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA012, SA014, SA104, SA107, SA112, SA113, SA117 for one that is shut). Permission period.manage. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_periods(jsonb, text) to smartattend_app;

commit;
