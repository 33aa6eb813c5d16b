-- Deploy smartattend:api/simulation_start to pg
begin;
set local role smartattend_owner;

create function api.simulation_start(
  key uuid,
  command text,
  seed bigint,
  plan_hash text,
  parameters jsonb,
  tool_version text,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(simulation_start.token);
  v_payload jsonb := jsonb_build_object(
    'command', simulation_start.command, 'seed', simulation_start.seed, 'plan_hash', simulation_start.plan_hash,
    'parameters', simulation_start.parameters, 'tool_version', simulation_start.tool_version
  );
  v_outcome core.outcome;
  v_tenant tenancy.tenant;
  v_run_id uuid := core.uuid_v7();
begin
  if coalesce(simulation_start.plan_hash, '') !~ '^[0-9a-f]{64}$' then
    perform core.fail('SA010', 'plan_hash ' || coalesce(simulation_start.plan_hash, 'null'), 'SHA-256 as 64 hexadecimal digits');
  end if;
  if coalesce(simulation_start.command, '') !~ '^[a-z][a-z-]{1,62}$' then
    perform core.fail('SA010', 'command ' || coalesce(simulation_start.command, 'null'), 'the name of a simulation, such as duplicate-storm');
  end if;
  if simulation_start.seed is null then
    perform core.fail('SA012', 'seed is null', 'seed: the number that the plan was made from');
  end if;
  if jsonb_typeof(simulation_start.parameters) is distinct from 'object' or core.is_name(simulation_start.tool_version) is not true then
    perform core.fail('SA010', 'parameters or tool_version', 'parameters: a JSON object; tool_version: a name');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_start', simulation_start.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select t.* into v_tenant from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id;
  if not v_tenant.is_sandbox then
    return core.finish(ledger.refuse(
      'simulation_start', simulation_start.key, v_payload,
      core.refused('SA116', jsonb_build_object('observed', v_tenant.slug, 'expected', 'a tenant marked as a sandbox'))
    ));
  end if;
  if v_tenant.state <> 'active' then
    return core.finish(ledger.refuse(
      'simulation_start', simulation_start.key, v_payload,
      core.refused('SA107', jsonb_build_object('observed', v_tenant.state, 'expected', 'active'))
    ));
  end if;
  v_outcome := ledger.claim('simulation_start', simulation_start.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;

  insert into simulation.run (tenant_id, id, command, seed, plan_hash, parameters, tool_version)
  values (
    v_actor.tenant_id, v_run_id, simulation_start.command, simulation_start.seed, decode(simulation_start.plan_hash, 'hex'),
    simulation_start.parameters, simulation_start.tool_version
  );
  update simulation.run as r
  set state = 'running', state_via = 'start'
  where r.tenant_id = v_actor.tenant_id and r.id = v_run_id;
  return core.finish(
    core.accepted(
      v_run_id, null,
      jsonb_build_object(
        'state', 'running',
        -- Judgements of the whole tenant: what is broken before the run is not the run's doing.
        'violations_before', (
          select coalesce(jsonb_object_agg(j.judgement, j.violations) filter (where j.violations > 0), '{}')
          from simulation.judge(v_actor.tenant_id, v_run_id, simulation_start.command) as j
        )
      )
    ),
    simulation_start.key
  );
end $$;
comment on function api.simulation_start(uuid, text, bigint, text, jsonb, text, text) is
  'Begins a run in the session''s tenant, which has to be an active sandbox: id = run, detail {state, violations_before {judgement: number}}. Permission simulation.run for the whole tenant. Errors SA001–SA006, SA010, SA012; refusals SA102, SA104, SA107, SA116.';
grant execute on function api.simulation_start(uuid, text, bigint, text, jsonb, text, text) to smartattend_app;

commit;
