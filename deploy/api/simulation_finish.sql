-- Deploy smartattend:api/simulation_finish to pg
begin;
set local role smartattend_owner;

create function api.simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(simulation_finish.token);
  v_payload jsonb := jsonb_build_object('run_id', simulation_finish.run_id, 'scenarios', simulation_finish.scenarios);
  v_outcome core.outcome;
  v_run simulation.run;
  v_verdicts text[] := array[]::text[];
  v_told jsonb;
  v_state text;
begin
  if jsonb_typeof(simulation_finish.scenarios) is distinct from 'array' or jsonb_array_length(simulation_finish.scenarios) = 0 then
    perform core.fail('SA010', 'scenarios: ' || coalesce(left(simulation_finish.scenarios::text, 100), 'null'), 'scenarios: a JSON array of objects, not empty');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_finish', simulation_finish.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select r.* into v_run
  from simulation.run as r
  where r.tenant_id = v_actor.tenant_id and r.id = simulation_finish.run_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'run_id ' || coalesce(simulation_finish.run_id::text, 'null'), 'a run of this tenant');
  end if;
  v_outcome := ledger.claim('simulation_finish', simulation_finish.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if v_run.state <> 'running' then
    return core.finish(
      ledger.refuse(
        'simulation_finish', simulation_finish.key, v_payload,
        core.refused('SA101', jsonb_build_object('observed', v_run.state, 'expected', 'running'))
      ),
      simulation_finish.key
    );
  end if;
  begin
    for v_told in select s.told from jsonb_array_elements(simulation_finish.scenarios) as s (told) loop
      v_verdicts := v_verdicts || simulation.conclude(v_run, v_told);
    end loop;
  exception
    when data_exception or check_violation or not_null_violation or unique_violation or invalid_parameter_value then
      perform core.fail('SA014', sqlerrm, 'scenarios with scenario, findings, faults, conditions and figures, each scenario once');
  end;
  v_state := case
    when 'broken' = any (v_verdicts) then 'broken'
    when 'inconclusive' = any (v_verdicts) then 'inconclusive'
    else 'held'
  end;
  update simulation.run as r
  set state = v_state, state_via = 'judge'
  where r.tenant_id = v_run.tenant_id and r.id = v_run.id;
  return core.finish(
    core.accepted(
      v_run.id, null,
      jsonb_build_object(
        'state', v_state,
        'checks', (
          select jsonb_object_agg(x.verdict, x.number)
          from (
            select k.verdict, count(*) as number
            from simulation.check as k
            where k.tenant_id = v_run.tenant_id and k.run_id = v_run.id
            group by k.verdict
          ) as x
        )
      )
    ),
    simulation_finish.key
  );
end $$;
comment on function api.simulation_finish(uuid, uuid, jsonb, text) is
  'Ends a running run: the database judges each scenario by the testimony and its own tables, appends checks and issues, and moves the run to held, broken or inconclusive. scenarios: [{scenario, findings [{name, held, observed}], faults [{fault, planned, fired, observed}], conditions [{name, met, witness, required}], figures {}}]. Detail {state, checks {verdict: number}}. Permission simulation.run. Errors SA001–SA006, SA010, SA011, SA014; refusals SA101, SA102, SA104.';
grant execute on function api.simulation_finish(uuid, uuid, jsonb, text) to smartattend_app;

commit;
