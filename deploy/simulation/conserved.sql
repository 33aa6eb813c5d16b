-- Deploy smartattend:simulation/conserved to pg
begin;
set local role smartattend_owner;

create function simulation.stored_refusal(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number, 'what was not acknowledged and not in doubt is not stored', 'an event carries its key',
    jsonb_build_object('call', c.number, 'key', c.key, 'outcome', c.outcome, 'code', c.code)
  from simulation.call as c
  inner join attendance.event as e on e.tenant_id = c.tenant_id and e.key = c.key
  where c.tenant_id = stored_refusal.tenant_id
    and c.run_id = stored_refusal.run_id
    and (stored_refusal.scenario is null or c.scenario = stored_refusal.scenario)
    and c.outcome in ('refused', 'error')
    and not exists (
      select from simulation.call as o
      where o.tenant_id = c.tenant_id and o.run_id = c.run_id and o.key = c.key and (o.outcome not in ('refused', 'error') or o.doubts > 0)
    )
$$;
comment on function simulation.stored_refusal(uuid, uuid, text) is
  'Calls that failed for certain and are stored nevertheless: with lost_acknowledgement and phantom_check_in, stored equals what was acknowledged, or was applied while its client was in doubt.';

create function simulation.unconserved_device(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'device ' || d.device,
    case when d.doubtful > 0 then d.acknowledged || ' to ' || d.acknowledged + d.doubtful else d.acknowledged::text end || ' events and records',
    s.events || ' events, ' || s.records || ' records',
    jsonb_build_object(
      'device', d.device, 'acknowledged', d.acknowledged, 'doubtful', d.doubtful, 'events', s.events, 'records', s.records
    )
  from (
    select
      g.device,
      count(*) filter (where g.is_acknowledged) as acknowledged,
      count(*) filter (where not g.is_acknowledged and g.is_doubtful) as doubtful,
      array_agg(distinct g.subject_id) as people
    from (
      select
        c.device, c.logical,
        (array_agg(c.subject_id))[1] as subject_id,
        bool_or(c.outcome in ('accepted', 'replayed')) as is_acknowledged,
        bool_or(c.doubts > 0) as is_doubtful
      from simulation.call as c
      where c.tenant_id = unconserved_device.tenant_id
        and c.run_id = unconserved_device.run_id
        and (unconserved_device.scenario is null or c.scenario = unconserved_device.scenario)
        and c.phase = 'load'
        and c.logical is not null
      group by c.device, c.logical
    ) as g
    group by g.device
  ) as d
  cross join lateral (
    select count(distinct e.key) as events, count(distinct r.id) as records
    from simulation.run as u
    inner join attendance.record as r on r.tenant_id = u.tenant_id and r.subject_id = any (d.people) and r.state <> 'voided'
    inner join attendance.event as e
      on e.tenant_id = r.tenant_id and e.record_id = r.id and e.kind = 'in' and e.recorded_at >= u.created_at
    where u.tenant_id = unconserved_device.tenant_id and u.id = unconserved_device.run_id
  ) as s
  where s.events <> s.records
    or not s.events between d.acknowledged and d.acknowledged + d.doubtful
$$;
comment on function simulation.unconserved_device(uuid, uuid, text) is
  'Devices whose sums do not meet: the check-ins that they were told of (and, of those that stayed in doubt, any number), the events and the records of their people. Counted by people, not by keys.';

commit;
