-- Deploy smartattend:simulation/resolved to pg
begin;
set local role smartattend_owner;

create function simulation.unsettled_doubt(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number,
    case
      when c.outcome in ('accepted', 'replayed') then 'asked again by its key, the same answer is replayed'
      else 'asked again by its key, an answer'
    end,
    case
      when a.number is null then 'nobody asked again'
      when a.outcome not in ('accepted', 'replayed') then 'asked again: ' || a.outcome || coalesce(' ' || a.code, '')
      when a.outcome = 'accepted' and c.outcome in ('accepted', 'replayed') then 'accepted anew: the first answer was forgotten'
      else 'another answer'
    end,
    jsonb_build_object('call', c.number, 'key', c.key, 'asked_again', a.number, 'doubts', c.doubts)
  from simulation.call as c
  left join lateral (
    select r.number, r.outcome, r.code, r.answer_hash
    from simulation.call as r
    where r.tenant_id = c.tenant_id and r.run_id = c.run_id and r.key = c.key and r.phase = 'recovery' and r.payload_hash = c.payload_hash
    order by r.number desc
    limit 1
  ) as a on true
  where c.tenant_id = unsettled_doubt.tenant_id
    and c.run_id = unsettled_doubt.run_id
    and (unsettled_doubt.scenario is null or c.scenario = unsettled_doubt.scenario)
    and c.phase = 'load'
    and c.doubts > 0
    and case
      when c.outcome in ('accepted', 'replayed') then a.outcome is distinct from 'replayed' or a.answer_hash is distinct from c.answer_hash
      else coalesce(a.outcome not in ('accepted', 'replayed'), true)
    end
$$;
comment on function simulation.unsettled_doubt(uuid, uuid, text) is
  'Calls of the load that were in doubt for a while and are not settled: asked again by its key after the load, each has to be answered, and one that was acknowledged by then with the same answer, bit for bit.';

commit;
