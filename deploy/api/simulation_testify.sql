-- Deploy smartattend:api/simulation_testify to pg
begin;
set local role smartattend_owner;

create function api.simulation_testify(key uuid, run_id uuid, calls jsonb, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(simulation_testify.token);
  v_payload jsonb := jsonb_build_object('run_id', simulation_testify.run_id, 'calls', simulation_testify.calls);
  v_outcome core.outcome;
  v_run simulation.run;
  v_count integer;
begin
  if jsonb_typeof(simulation_testify.calls) is distinct from 'array' then
    perform core.fail('SA010', 'calls: ' || coalesce(jsonb_typeof(simulation_testify.calls), 'null'), 'calls: a JSON array of objects');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_testify', simulation_testify.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select r.* into v_run
  from simulation.run as r
  where r.tenant_id = v_actor.tenant_id and r.id = simulation_testify.run_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'run_id ' || coalesce(simulation_testify.run_id::text, 'null'), 'a run of this tenant');
  end if;
  v_outcome := ledger.claim('simulation_testify', simulation_testify.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if v_run.state <> 'running' then
    return core.finish(
      ledger.refuse(
        'simulation_testify', simulation_testify.key, v_payload,
        core.refused('SA101', jsonb_build_object('observed', v_run.state, 'expected', 'running'))
      ),
      simulation_testify.key
    );
  end if;
  begin
    insert into simulation.call (
      tenant_id, run_id, number, scenario, phase, kind, logical, variant, device, command, key, payload_hash, subject_id,
      due_us, invoked_us, ended_us, outcome, code, record_id, revision, answer_hash, tries, doubts
    )
    select
      v_run.tenant_id, v_run.id, c.number, c.scenario, c.phase, c.kind, c.logical, c.variant, c.device, c.command, c.key,
      decode(c.payload_hash, 'hex'), c.subject_id, c.due_us, c.invoked_us, c.ended_us, c.outcome, c.code, c.record_id, c.revision,
      decode(c.answer_hash, 'hex'), c.tries, c.doubts
    from jsonb_to_recordset(simulation_testify.calls) as c (
      number integer, scenario text, phase text, kind text, logical integer, variant integer, device text, command text, key uuid,
      payload_hash text, subject_id uuid, due_us bigint, invoked_us bigint, ended_us bigint, outcome text, code text, record_id uuid,
      revision integer, answer_hash text, tries integer, doubts integer
    );
    get diagnostics v_count = row_count;
  exception
    when data_exception or check_violation or not_null_violation or unique_violation or invalid_parameter_value then
      perform core.fail('SA014', sqlerrm, 'calls as simulation.call describes them, each number once');
  end;
  return core.finish(
    core.accepted(v_run.id, null, jsonb_build_object('calls', v_count)), simulation_testify.key
  );
end $$;
comment on function api.simulation_testify(uuid, uuid, jsonb, text) is
  'Takes the clients'' testimony of a running run: a JSON array with the columns of simulation.call. Detail {calls}. Permission simulation.run. Errors SA001–SA006, SA010, SA011, SA014; refusals SA101, SA102, SA104.';
grant execute on function api.simulation_testify(uuid, uuid, jsonb, text) to smartattend_app;

commit;
