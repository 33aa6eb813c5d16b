-- Deploy smartattend:simulation/served_again to pg
begin;
set local role smartattend_owner;

create function simulation.unserved_device(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'device ' || d.device, 'a check-in within ' || d.within_ms || ' ms of the last fault',
    coalesce('after ' || round(a.took_us / 1000.0) || ' ms', 'none'),
    jsonb_build_object('device', d.device, 'call', a.number)
  from (
    select distinct c.device, coalesce((u.parameters ->> 'recover_within_ms')::numeric, 10000) as within_ms
    from simulation.call as c
    inner join simulation.run as u on u.tenant_id = c.tenant_id and u.id = c.run_id
    where c.tenant_id = unserved_device.tenant_id
      and c.run_id = unserved_device.run_id
      and (unserved_device.scenario is null or c.scenario = unserved_device.scenario)
      and c.phase = 'load'
      and exists (
        select from simulation.call as r
        where r.tenant_id = c.tenant_id and r.run_id = c.run_id and r.scenario = c.scenario and r.phase = 'recovery' and r.kind = 'probe'
      )
  ) as d
  left join lateral (
    select r.number, r.ended_us - r.due_us as took_us
    from simulation.call as r
    where r.tenant_id = unserved_device.tenant_id
      and r.run_id = unserved_device.run_id
      and (unserved_device.scenario is null or r.scenario = unserved_device.scenario)
      and r.device = d.device
      and r.phase = 'recovery'
      and r.kind = 'probe'
      and r.outcome in ('accepted', 'replayed')
    order by r.ended_us - r.due_us
    limit 1
  ) as a on true
  where coalesce(a.took_us > d.within_ms * 1000, true)
$$;
comment on function simulation.unserved_device(uuid, uuid, text) is
  'Devices that were not served in time after the last fault (liveness): their probe of the recovery is due when the last fault happened, and has to be acknowledged within the run''s parameter recover_within_ms (10 s if it has none).';

commit;
