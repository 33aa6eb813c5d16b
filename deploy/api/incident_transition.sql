-- Deploy smartattend:api/incident_transition to pg
begin;
set local role smartattend_owner;

create function api.incident_transition(
  key uuid, incident_id uuid, via text, reason text default null, statements jsonb default '{}', token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_either(incident_transition.token, 'incident.manage');
  v_payload jsonb := jsonb_build_object(
    'incident_id', incident_transition.incident_id, 'via', incident_transition.via, 'reason', incident_transition.reason, 'statements', incident_transition.statements
  );
  v_outcome core.outcome;
begin
  if coalesce(
    incident_transition.via in (
      'acknowledge', 'unacknowledge', 'investigate', 'mitigate', 'fail', 'resolve', 'verify', 'reopen', 'close'
    ),
    false
  ) is false then
    perform core.fail(
      'SA010', 'via ' || coalesce(left(incident_transition.via, 64), 'null'),
      'acknowledge, unacknowledge, investigate, mitigate, fail, resolve, verify, reopen or close'
    );
  end if;
  v_outcome := core.claim('incident_transition', incident_transition.key, v_payload);
  if v_outcome.status is not null then
    return incident.finish(v_outcome, incident_transition.key, 'incident_transition', v_payload);
  end if;
  v_outcome := incident.move(
    incident_transition.incident_id, incident_transition.via, incident_transition.reason, incident.read_statements(incident_transition.statements)
  );
  return incident.finish(v_outcome, incident_transition.key, 'incident_transition', v_payload);
end $$;
comment on function api.incident_transition(uuid, uuid, text, text, jsonb, text) is
  'Moves an incident: acknowledge (it is mine), unacknowledge, investigate (its owner), mitigate, fail (the mitigation did not hold), resolve, verify, reopen, close. statements {kind: text} say what the move requires, unless it was stated before: mitigation; root_cause (with "confidence": low, medium or high) and fix; verification; to close severity 1 and 2 root_cause, remediation and prevention, by another person than the one who resolved it. detail: number, state, severity, episode. For who holds incident.manage: a token of a tenant acts on its incidents, one of the platform on the platform''s. Errors SA001–SA006, SA010–SA013, SA104; refusals SA101, SA102, SA104, SA105, SA107, SA110, SA112.';
grant execute on function api.incident_transition(uuid, uuid, text, text, jsonb, text) to smartattend_app, smartattend_operator;

commit;
