-- Deploy smartattend:simulation/order_restored to pg
begin;
set local role smartattend_owner;

create function simulation.disordered_event(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'device ' || o.device || ', call ' || o.number,
    'number ' || coalesce((o.number_before + 1)::text, 'of its own') || ' of the device, after call ' || coalesce(o.call_before::text, 'none'),
    case
      when o.sequence_number is null then 'no sequence number is stored'
      when o.boot_id is distinct from o.boot_before then 'another boot'
      when o.sequence_number = o.number_before then 'the number ' || o.sequence_number || ' again'
      when o.sequence_number < o.number_before then 'the number ' || o.sequence_number || ' after ' || o.number_before
      when o.monotonic_us < o.monotonic_before then 'the monotonic clock ran backwards'
      else 'the number ' || o.sequence_number || ' after ' || o.number_before || ', nothing between'
    end,
    jsonb_build_object('call', o.number, 'key', o.key, 'sequence_number', o.sequence_number, 'device', o.device)
  from (
    select
      p.device, p.number, p.key, e.boot_id, e.sequence_number, e.monotonic_us,
      lag(p.number) over w as call_before,
      lag(e.boot_id) over w as boot_before,
      lag(e.sequence_number) over w as number_before,
      lag(e.monotonic_us) over w as monotonic_before
    from (
      select distinct on (c.key) c.tenant_id, c.device, c.number, c.logical, c.key, c.due_us
      from simulation.call as c
      where c.tenant_id = disordered_event.tenant_id
        and c.run_id = disordered_event.run_id
        and (disordered_event.scenario is null or c.scenario = disordered_event.scenario)
        and c.phase = 'load'
        and c.logical is not null
      order by c.key, c.number
    ) as p
    inner join attendance.event as e on e.tenant_id = p.tenant_id and e.key = p.key
    window w as (partition by p.device order by p.due_us, p.logical, p.number)
  ) as o
  where o.sequence_number is null
    or (
      o.call_before is not null
      and (
        o.boot_id is distinct from o.boot_before
        or o.sequence_number is distinct from o.number_before + 1
        or o.monotonic_us < o.monotonic_before
      )
    )
$$;
comment on function simulation.disordered_event(uuid, uuid, text) is
  'Stored check-ins whose place the device''s own numbers do not restore: in the order in which a device made its calls, however they arrived, boot and sequence number have to go on by one, and the monotonic clock never backwards.';

commit;
