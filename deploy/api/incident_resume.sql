-- Deploy smartattend:api/incident_resume to pg
begin;
set local role smartattend_owner;

create function api.incident_resume(
  key uuid, incident_id uuid, reason text, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_either(incident_resume.token, 'incident.manage');
  v_payload jsonb := jsonb_build_object(
    'incident_id', incident_resume.incident_id, 'reason', incident_resume.reason
  );
  v_outcome core.outcome;
begin
  if core.is_reason(incident_resume.reason) is not true then
    perform core.fail('SA013', coalesce(left(incident_resume.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := core.claim('incident_resume', incident_resume.key, v_payload);
  if v_outcome.status is not null then
    return incident.finish(v_outcome, incident_resume.key, 'incident_resume', v_payload);
  end if;
  v_outcome := incident.hold(incident_resume.incident_id, false, incident_resume.reason);
  return incident.finish(v_outcome, incident_resume.key, 'incident_resume', v_payload);
end $$;
comment on function api.incident_resume(uuid, uuid, text, text) is
  'Lets the clocks of a paused incident run again; a move to resolved, dismissed or detected does so by itself. For who holds incident.manage: a token of a tenant acts on its incidents, one of the platform on the platform''s. Errors SA001–SA006, SA011–SA013, SA104; refusals SA101, SA102, SA104, SA107.';
grant execute on function api.incident_resume(uuid, uuid, text, text) to smartattend_app, smartattend_operator;

commit;
