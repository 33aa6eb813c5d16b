-- Deploy smartattend:api/incident_note to pg
begin;
set local role smartattend_owner;

create function api.incident_note(
  key uuid, incident_id uuid, kind text, text text, confidence text default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_either(incident_note.token, 'incident.manage');
  v_payload jsonb := jsonb_build_object(
    'incident_id', incident_note.incident_id, 'kind', incident_note.kind, 'text', incident_note.text, 'confidence', incident_note.confidence
  );
  v_outcome core.outcome;
  v_statements jsonb;
  v_code text;
  v_subject incident.incident;
begin
  if incident_note.kind is null then
    perform core.fail('SA012', 'kind is null', 'note, mitigation, root_cause, fix, verification, remediation or prevention');
  end if;
  v_statements := incident.read_statements(
    jsonb_build_object(incident_note.kind, incident_note.text) || jsonb_strip_nulls(jsonb_build_object('confidence', incident_note.confidence))
  );
  v_outcome := core.claim('incident_note', incident_note.key, v_payload);
  if v_outcome.status is not null then
    return incident.finish(v_outcome, incident_note.key, 'incident_note', v_payload);
  end if;
  v_code := incident.refusal();
  if v_code is not null then
    return incident.finish(core.refused(v_code), incident_note.key, 'incident_note', v_payload);
  end if;
  v_subject := incident.lock_incident(incident_note.incident_id);
  if v_subject.state in ('closed', 'dismissed') then
    return incident.finish(
      core.refused('SA101', jsonb_build_object('observed', v_subject.state, 'expected', 'an incident that is not over')),
      incident_note.key, 'incident_note', v_payload
    );
  end if;
  perform incident.state(v_subject, v_statements);
  v_outcome := core.accepted(v_subject.id, null, incident.summary(v_subject));
  return incident.finish(v_outcome, incident_note.key, 'incident_note', v_payload);
end $$;
comment on function api.incident_note(uuid, uuid, text, text, text, text) is
  'States something about an incident that is not over: note, mitigation, root_cause (with confidence), fix, verification, remediation, prevention. What moves require may be stated here before. For who holds incident.manage: a token of a tenant acts on its incidents, one of the platform on the platform''s. Errors SA001–SA006, SA010–SA012, SA104; refusals SA101, SA102, SA104, SA107.';
grant execute on function api.incident_note(uuid, uuid, text, text, text, text) to smartattend_app, smartattend_operator;

commit;
