-- Deploy smartattend:simulation/looked_at to pg
begin;
set local role smartattend_owner;

create function simulation.looked_at(tenant_id uuid, run_id uuid, scenario text, counts text)
returns bigint
language sql
stable
as $$
  select case looked_at.counts
    when 'records' then (
      select count(*) from attendance.record as r where r.tenant_id = looked_at.tenant_id
    )
    when 'subjects' then (
      select count(distinct r.subject_id) from attendance.record as r where r.tenant_id = looked_at.tenant_id
    )
    else (
      select case looked_at.counts
        when 'logical' then count(distinct (c.scenario, c.logical)) filter (where c.phase = 'load' and c.logical is not null)
        when 'calls' then count(*)
        when 'acknowledged' then count(*) filter (where c.outcome in ('accepted', 'replayed'))
        when 'refusals' then count(*) filter (where c.outcome = 'refused')
        when 'recovery' then count(*) filter (where c.phase = 'recovery')
        when 'conflicting' then count(*) filter (where c.is_contested)
        when 'doubts' then count(*) filter (where c.phase = 'load' and c.doubts > 0)
        when 'devices' then count(distinct c.device) filter (where c.phase = 'load')
      end
      from (
        select
          k.phase, k.scenario, k.logical, k.outcome, k.doubts, k.device,
          min(encode(k.payload_hash, 'hex')) over by_key <> max(encode(k.payload_hash, 'hex')) over by_key as is_contested
        from simulation.call as k
        where k.tenant_id = looked_at.tenant_id
          and k.run_id = looked_at.run_id
          and (looked_at.scenario is null or k.scenario = looked_at.scenario)
        window by_key as (partition by k.key)
      ) as c
    )
  end
$$;
comment on function simulation.looked_at(uuid, uuid, text, text) is
  'How many items a judgement had in its scope (simulation.judgement.counts): a check that looked at nothing proves nothing.';

commit;
