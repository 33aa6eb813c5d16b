-- Deploy smartattend:simulation/recovered to pg
begin;
set local role smartattend_owner;

create function simulation.unrecovered_call(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number, 'after the load everything works as before', c.outcome || coalesce(' ' || c.code, ''),
    jsonb_build_object('call', c.number, 'key', c.key, 'kind', c.kind, 'code', c.code)
  from simulation.call as c
  where c.tenant_id = unrecovered_call.tenant_id
    and c.run_id = unrecovered_call.run_id
    and (unrecovered_call.scenario is null or c.scenario = unrecovered_call.scenario)
    and c.phase = 'recovery'
    and c.outcome not in ('accepted', 'replayed')
$$;
comment on function simulation.unrecovered_call(uuid, uuid, text) is 'Calls made after the load that did not succeed.';

commit;
