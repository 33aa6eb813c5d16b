-- Deploy smartattend:api/incident_pause to pg
begin;
set local role smartattend_owner;

create function api.incident_pause(
  key uuid, incident_id uuid, reason text, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_either(incident_pause.token, 'incident.manage');
  v_payload jsonb := jsonb_build_object(
    'incident_id', incident_pause.incident_id, 'reason', incident_pause.reason
  );
  v_outcome core.outcome;
begin
  if core.is_reason(incident_pause.reason) is not true then
    perform core.fail('SA013', coalesce(left(incident_pause.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := core.claim('incident_pause', incident_pause.key, v_payload);
  if v_outcome.status is not null then
    return incident.finish(v_outcome, incident_pause.key, 'incident_pause', v_payload);
  end if;
  v_outcome := incident.hold(incident_pause.incident_id, true, incident_pause.reason);
  return incident.finish(v_outcome, incident_pause.key, 'incident_pause', v_payload);
end $$;
comment on function api.incident_pause(uuid, uuid, text, text) is
  'Lets the clocks of an incident that somebody has (acknowledged, investigating, mitigated) stand still: somebody else has to move first. For who holds incident.manage: a token of a tenant acts on its incidents, one of the platform on the platform''s. Errors SA001–SA006, SA011–SA013, SA104; refusals SA101, SA102, SA104, SA107, SA113.';
grant execute on function api.incident_pause(uuid, uuid, text, text) to smartattend_app, smartattend_operator;

commit;
