-- Deploy smartattend:api/escalation_decide to pg
begin;
set local role smartattend_owner;

create function api.escalation_decide(key uuid, event_id uuid, via text, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(escalation_decide.token);
  v_payload jsonb := jsonb_build_object('event_id', escalation_decide.event_id, 'via', escalation_decide.via, 'reason', escalation_decide.reason);
  v_to constant text := case escalation_decide.via when 'confirm' then 'confirmed' when 'dismiss' then 'benign' end;
  v_outcome core.outcome;
  v_event access.escalation_event;
  v_code text;
begin
  if v_to is null then
    perform core.fail('SA010', 'via ' || coalesce(escalation_decide.via, 'null'), 'confirm or dismiss');
  end if;
  if core.is_reason(escalation_decide.reason) is not true then
    perform core.fail('SA013', coalesce(escalation_decide.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := ledger.claim('escalation_decide', escalation_decide.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('escalation_decide', escalation_decide.key, v_payload, v_outcome);
  end if;
  select e.* into v_event
  from access.escalation_event as e
  where e.tenant_id = v_actor.tenant_id and e.id = escalation_decide.event_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'event_id ' || coalesce(escalation_decide.event_id::text, 'null'), 'an escalation event of this tenant');
  end if;
  v_code := case
    when not identity.holds('role.review') then 'SA104'
    else core.transition_refusal('escalation_event', v_event.state, v_to, escalation_decide.via, escalation_decide.reason, to_jsonb(v_event))
  end;
  if v_code is not null then
    return access.refuse(
      'escalation_decide', escalation_decide.key, v_payload,
      core.refused(v_code, case when v_code <> 'SA104' then jsonb_build_object('observed', v_event.state, 'expected', 'an open event of others') end)
    );
  end if;
  update access.escalation_event as e
  set state = v_to, state_via = escalation_decide.via, state_reason = escalation_decide.reason, decider_id = v_actor.user_id
  where e.tenant_id = v_event.tenant_id and e.id = v_event.id;
  return core.finish(core.accepted(v_event.id, null, jsonb_build_object('rule', v_event.rule, 'state', v_to)), escalation_decide.key);
end $$;
comment on function api.escalation_decide(uuid, uuid, text, text, text) is
  'Decides an escalation event: confirm (it was what it looked like) or dismiss (there was a good reason), with the reason. Whoever holds role.review for the whole tenant, never the person it is about or who did it. Decided events weigh no more. Errors SA001–SA006, SA010–SA013; refusals SA101, SA102, SA104, SA105, SA107.';
grant execute on function api.escalation_decide(uuid, uuid, text, text, text) to smartattend_app;

commit;
