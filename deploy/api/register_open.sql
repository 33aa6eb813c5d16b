-- Deploy smartattend:api/register_open to pg
begin;
set local role smartattend_owner;

create function attendance.move_register(
  command text, key uuid, session_id uuid, via text, reason text
)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_payload jsonb := jsonb_build_object('session_id', move_register.session_id, 'reason', move_register.reason);
  v_outcome core.outcome;
  v_register record;
  v_transition core.transition;
  v_code text;
begin
  v_outcome := ledger.claim(move_register.command, move_register.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if exists (
    select from attendance.event as e where e.tenant_id = v_actor.tenant_id and e.key = move_register.key
  ) then
    return core.finish(
      ledger.refuse(move_register.command, move_register.key, v_payload, core.refused('SA102')), move_register.key
    );
  end if;
  select r.state, s.unit_id into v_register
  from attendance.register as r
  inner join attendance.session as s on s.tenant_id = r.tenant_id and s.id = r.session_id
  where r.tenant_id = v_actor.tenant_id and r.session_id = move_register.session_id
  for no key update of r;
  if not found then
    perform core.fail('SA011', 'session_id ' || coalesce(move_register.session_id::text, 'null'), 'a session of this tenant');
  end if;
  select t.* into v_transition
  from core.transition as t
  where t.machine = 'register' and t.via = move_register.via and t.from_state = v_register.state;
  if v_transition.permission is not null and not (
    identity.holds(v_transition.permission, v_register.unit_id)
    or v_transition.permission = 'register.take' and attendance.takes_register(move_register.session_id, v_register.unit_id)
  ) then
    v_code := 'SA104';
  else
    v_code := core.transition_refusal(
      'register', v_register.state, v_transition.to_state, move_register.via, move_register.reason, '{}'
    );
  end if;
  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(move_register.reason, 'null'), 'a reason of at least 10 characters');
  elsif v_code is not null then
    return core.finish(
      ledger.refuse(
        move_register.command, move_register.key, v_payload,
        core.refused(v_code, jsonb_build_object('observed', 'a register that is ' || v_register.state, 'expected', move_register.via))
      ),
      move_register.key
    );
  end if;
  if move_register.via = 'cancel' then
    if attendance.cancel_sessions(array[move_register.session_id], 'office', move_register.reason) = '{}' then
      return core.finish(
        ledger.refuse(
          move_register.command, move_register.key, v_payload,
          core.refused('SA112', jsonb_build_object('observed', 'somebody is recorded absent', 'expected', 'a session without absences: void them first'))
        ),
        move_register.key
      );
    end if;
  else
    update attendance.register as r
    set state = v_transition.to_state, state_via = move_register.via, state_reason = move_register.reason
    where r.tenant_id = v_actor.tenant_id and r.session_id = move_register.session_id;
  end if;
  return core.finish(
    core.accepted(move_register.session_id, null, jsonb_build_object('from', v_register.state, 'state', v_transition.to_state)),
    move_register.key
  );
end $$;
comment on function attendance.move_register(text, uuid, uuid, text, text) is
  'Moves a register by one transition of its machine; the permission is the transition''s, in the session''s unit. Errors SA011, SA012, SA013; refusals SA101, SA102, SA104, SA112.';

create function api.register_open(key uuid, session_id uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(register_open.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('register_open', register_open.key, to_jsonb(register_open.session_id), core.refused('SA107')));
  end if;
  return attendance.move_register('register_open', register_open.key, register_open.session_id, 'open', null);
end $$;
comment on function api.register_open(uuid, uuid, text) is
  'Opens the register of a session. Permission register.take in the session''s unit, or being its substitute. api.register_marks answers the roll with what is prefilled. Errors SA001–SA006, SA011, SA012; refusals SA101, SA102, SA104, SA107.';
grant execute on function api.register_open(uuid, uuid, text) to smartattend_app;

commit;
