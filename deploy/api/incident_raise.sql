-- Deploy smartattend:api/incident_raise to pg
begin;
set local role smartattend_owner;

create function api.incident_raise(
  key uuid, title text, severity integer default null, dedup_key text default null, evidence jsonb default '{}', token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_either(incident_raise.token, 'incident.manage');
  v_payload jsonb := jsonb_build_object(
    'title', incident_raise.title, 'severity', incident_raise.severity, 'dedup_key', incident_raise.dedup_key, 'evidence', incident_raise.evidence
  );
  v_outcome core.outcome;
  v_code text;
  v_id uuid;
begin
  v_outcome := core.claim('incident_raise', incident_raise.key, v_payload);
  if v_outcome.status is not null then
    return incident.finish(v_outcome, incident_raise.key, 'incident_raise', v_payload);
  end if;
  v_code := incident.refusal();
  if v_code is not null then
    return incident.finish(core.refused(v_code), incident_raise.key, 'incident_raise', v_payload);
  end if;
  v_id := incident.raise(
    'manual', coalesce(incident_raise.dedup_key, incident_raise.key::text), incident_raise.severity, incident_raise.title, incident_raise.evidence
  );
  select (core.accepted(i.id, null, incident.summary(i))).* into v_outcome
  from incident.incident as i
  where i.tenant_id = incident.bound_tenant() and i.id = v_id;
  return incident.finish(v_outcome, incident_raise.key, 'incident_raise', v_payload);
end $$;
comment on function api.incident_raise(uuid, text, integer, text, jsonb, text) is
  'Raises an incident by hand, or counts an occurrence of the open one of this dedup_key (null: it is its own). severity 1 (worst) to 4, null: 3. detail: number, state, severity, episode. For who holds incident.manage: a token of a tenant acts on its incidents, one of the platform on the platform''s. Errors SA001–SA006, SA010, SA012, SA104; refusals SA102, SA104, SA107.';
grant execute on function api.incident_raise(uuid, text, integer, text, jsonb, text) to smartattend_app, smartattend_operator;

commit;
