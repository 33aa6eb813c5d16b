-- Deploy smartattend:api/incident_assign to pg
begin;
set local role smartattend_owner;

create function api.incident_assign(
  key uuid, incident_id uuid, reason text, owner_id uuid default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_either(incident_assign.token, 'incident.manage');
  v_payload jsonb := jsonb_build_object(
    'incident_id', incident_assign.incident_id, 'reason', incident_assign.reason, 'owner_id', incident_assign.owner_id
  );
  v_outcome core.outcome;
begin
  if core.is_reason(incident_assign.reason) is not true then
    perform core.fail('SA013', coalesce(left(incident_assign.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := core.claim('incident_assign', incident_assign.key, v_payload);
  if v_outcome.status is not null then
    return incident.finish(v_outcome, incident_assign.key, 'incident_assign', v_payload);
  end if;
  v_outcome := incident.assign(incident_assign.incident_id, coalesce(incident_assign.owner_id, v_actor.user_id), incident_assign.reason);
  return incident.finish(v_outcome, incident_assign.key, 'incident_assign', v_payload);
end $$;
comment on function api.incident_assign(uuid, uuid, text, uuid, text) is
  'Hands an incident that somebody has (acknowledged, investigating, mitigated) to a person who holds incident.manage; owner_id null: to oneself. For who holds incident.manage: a token of a tenant acts on its incidents, one of the platform on the platform''s. Errors SA001–SA006, SA011–SA013, SA104; refusals SA101, SA102, SA104, SA107.';
grant execute on function api.incident_assign(uuid, uuid, text, uuid, text) to smartattend_app, smartattend_operator;

commit;
