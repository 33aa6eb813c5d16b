-- Deploy smartattend:api/flag_decide to pg
begin;
set local role smartattend_owner;

create function api.flag_decide(key uuid, flag_id uuid, verdict text, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(flag_decide.token);
  v_payload jsonb := jsonb_build_object('flag_id', flag_decide.flag_id, 'verdict', flag_decide.verdict, 'reason', flag_decide.reason);
  v_outcome core.outcome;
  v_flag integrity.flag;
  v_transition core.transition;
  v_code text;
begin
  if coalesce(flag_decide.verdict not in ('dismiss', 'uphold'), true) then
    perform core.fail('SA010', 'verdict ' || coalesce(flag_decide.verdict, 'null'), 'dismiss or uphold');
  end if;
  if core.is_reason(flag_decide.reason) is not true then
    perform core.fail('SA013', coalesce(flag_decide.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := ledger.claim('flag_decide', flag_decide.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;

  select f.* into v_flag
  from integrity.flag as f
  where f.tenant_id = v_actor.tenant_id and f.id = flag_decide.flag_id;
  if not found then
    perform core.fail('SA011', 'flag_id ' || coalesce(flag_decide.flag_id::text, 'null'), 'a flag of this tenant');
  end if;
  -- Person, then flag: the order of everything that writes about a person.
  perform from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = v_flag.subject_id
  for no key update;
  select f.* into v_flag
  from integrity.flag as f
  where f.tenant_id = v_actor.tenant_id and f.id = flag_decide.flag_id
  for no key update;
  select t.* into v_transition
  from core.transition as t
  where t.machine = 'flag' and t.from_state = v_flag.state and t.via = flag_decide.verdict;

  v_code := case
    when not identity.holds('attendance.flag', v_flag.unit_id) then 'SA104'
    when core.bound_tenant('capture_write') is null then 'SA107'
    else core.transition_refusal('flag', v_flag.state, v_transition.to_state, v_transition.via, flag_decide.reason, to_jsonb(v_flag))
  end;
  if v_code is not null then
    return core.finish(
      ledger.refuse(
        'flag_decide', flag_decide.key, v_payload,
        core.refused(
          v_code,
          -- who may not read it learns nothing of it
          case when v_code <> 'SA104' then jsonb_build_object('observed', v_flag.state, 'expected', flag_decide.verdict) end
        )
      ),
      flag_decide.key
    );
  end if;
  update integrity.flag as f
  set state = v_transition.to_state, state_via = v_transition.via, state_reason = flag_decide.reason
  where f.tenant_id = v_actor.tenant_id and f.id = v_flag.id;
  return core.finish(
    core.accepted(
      v_flag.id, null,
      jsonb_build_object('rule', v_flag.rule, 'state', v_transition.to_state, 'record_id', v_flag.record_id)
    ),
    flag_decide.key
  );
end $$;
comment on function api.flag_decide(uuid, uuid, text, text, text) is
  'Decides an open integrity flag: verdict dismiss (nothing is wrong) or uphold (the rule is right), with a reason. Its record stays held until clear (every blocking flag dismissed) or uphold by api.attendance_transition. Permission attendance.flag in the flag''s unit; never by the person that it is about, and a blocking one not by who captured it. Errors SA001–SA006, SA010–SA013; refusals SA101, SA102, SA104, SA105, SA107.';
grant execute on function api.flag_decide(uuid, uuid, text, text, text) to smartattend_app;

commit;
