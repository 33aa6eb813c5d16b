-- Deploy smartattend:api/incident_dismiss to pg
begin;
set local role smartattend_owner;

create function api.incident_dismiss(
  key uuid, incident_id uuid, code text, reason text, into_id uuid default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_either(incident_dismiss.token, 'incident.manage');
  v_payload jsonb := jsonb_build_object(
    'incident_id', incident_dismiss.incident_id, 'code', incident_dismiss.code, 'reason', incident_dismiss.reason, 'into_id', incident_dismiss.into_id
  );
  v_outcome core.outcome;
begin
  if core.is_reason(incident_dismiss.reason) is not true then
    perform core.fail('SA013', coalesce(left(incident_dismiss.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  if coalesce(incident_dismiss.code in ('false_positive', 'duplicate', 'merged', 'test'), false) is false then
    perform core.fail('SA010', 'code ' || coalesce(left(incident_dismiss.code, 64), 'null'), 'false_positive, duplicate, merged or test');
  elsif (incident_dismiss.code in ('duplicate', 'merged')) <> (incident_dismiss.into_id is not null) then
    perform core.fail('SA012', 'into_id with ' || incident_dismiss.code, 'into_id with duplicate and merged, and with nothing else');
  end if;
  v_outcome := core.claim('incident_dismiss', incident_dismiss.key, v_payload);
  if v_outcome.status is not null then
    return incident.finish(v_outcome, incident_dismiss.key, 'incident_dismiss', v_payload);
  end if;
  v_outcome := incident.dismiss(incident_dismiss.incident_id, incident_dismiss.code, incident_dismiss.reason, incident_dismiss.into_id);
  return incident.finish(v_outcome, incident_dismiss.key, 'incident_dismiss', v_payload);
end $$;
comment on function api.incident_dismiss(uuid, uuid, text, text, uuid, text) is
  'Dismisses an incident that is detected, acknowledged or investigated: false_positive, test, or into another one that is open (duplicate, merged), where it counts as an occurrence. Of severity 1 and 2 the first person proposes (detail: proposed), and a second one who says the same dismisses. For who holds incident.manage: a token of a tenant acts on its incidents, one of the platform on the platform''s. Errors SA001–SA006, SA010–SA013, SA104; refusals SA101, SA102, SA104, SA105, SA107.';
grant execute on function api.incident_dismiss(uuid, uuid, text, text, uuid, text) to smartattend_app, smartattend_operator;

commit;
