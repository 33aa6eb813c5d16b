-- Deploy smartattend:api/simulation_abort to pg
begin;
set local role smartattend_owner;

create function api.simulation_abort(key uuid, run_id uuid, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(simulation_abort.token);
  v_payload jsonb := jsonb_build_object('run_id', simulation_abort.run_id, 'reason', simulation_abort.reason);
  v_outcome core.outcome;
  v_run simulation.run;
begin
  if core.is_reason(simulation_abort.reason) is not true then
    perform core.fail('SA013', coalesce(simulation_abort.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_abort', simulation_abort.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select r.* into v_run
  from simulation.run as r
  where r.tenant_id = v_actor.tenant_id and r.id = simulation_abort.run_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'run_id ' || coalesce(simulation_abort.run_id::text, 'null'), 'a run of this tenant');
  end if;
  v_outcome := ledger.claim('simulation_abort', simulation_abort.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if core.transition_refusal('simulation_run', v_run.state, 'aborted', 'abort', simulation_abort.reason, to_jsonb(v_run)) is not null then
    return core.finish(
      ledger.refuse(
        'simulation_abort', simulation_abort.key, v_payload,
        core.refused('SA101', jsonb_build_object('observed', v_run.state, 'expected', 'planned or running'))
      ),
      simulation_abort.key
    );
  end if;
  update simulation.run as r
  set state = 'aborted', state_via = 'abort', state_reason = simulation_abort.reason
  where r.tenant_id = v_run.tenant_id and r.id = v_run.id;
  return core.finish(core.accepted(v_run.id, null, '{"state": "aborted"}'), simulation_abort.key);
end $$;
comment on function api.simulation_abort(uuid, uuid, text, text) is
  'Ends a run without a verdict, with a reason. Permission simulation.run. Errors SA001–SA006, SA011, SA013; refusals SA101, SA102, SA104.';
grant execute on function api.simulation_abort(uuid, uuid, text, text) to smartattend_app;

commit;
