-- Deploy smartattend:attendance/correction_request/decide to pg
begin;
set local role smartattend_owner;

create function attendance.decide_correction(command text, key uuid, request_id uuid, via text, reason text)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_payload jsonb := jsonb_build_object(
    'request_id', decide_correction.request_id, 'via', decide_correction.via, 'reason', decide_correction.reason
  );
  v_outcome core.outcome;
  v_request attendance.correction_request;
  v_record attendance.record;
  v_transition core.transition;
  v_event attendance.event;
  v_detail text;
  v_code text;
begin
  select q.* into v_request
  from attendance.correction_request as q
  where q.tenant_id = v_actor.tenant_id and q.id = decide_correction.request_id;
  if not found then
    perform core.fail(
      'SA011', 'request_id ' || coalesce(decide_correction.request_id::text, 'null'), 'a correction request of this tenant'
    );
  end if;
  -- The person first, then the key, then the request and the record as they are now.
  perform from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = v_request.subject_id
  for no key update;
  v_outcome := ledger.claim(decide_correction.command, decide_correction.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  select r.* into v_record
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = v_request.record_id
  for no key update;
  select q.* into v_request
  from attendance.correction_request as q
  where q.tenant_id = v_actor.tenant_id and q.id = decide_correction.request_id
  for no key update;
  select t.* into v_transition
  from core.transition as t
  where t.machine = 'correction_request' and t.from_state = v_request.state and t.via = decide_correction.via and not t.system_only;

  v_code := case
    when decide_correction.via = 'withdraw' and v_request.requester_id is distinct from v_actor.user_id
      or v_actor.user_id is null
      or v_actor.user_id not in (v_request.subject_id, coalesce(v_request.requester_id, v_request.subject_id))
      and not identity.holds('correction.decide', v_request.unit_id) then 'SA104'
    when exists (
      select from attendance.event as e where e.tenant_id = v_actor.tenant_id and e.key = decide_correction.key
    ) then 'SA102'
    when core.bound_tenant('capture_write') is null then 'SA107'
    -- The job that expires requests may be late.
    when decide_correction.via <> 'withdraw' and v_request.expires_at <= core.clock() then 'SA101'
  end;
  if v_code is null then
    v_code := core.transition_refusal(
      'correction_request', v_request.state, v_transition.to_state, decide_correction.via, decide_correction.reason, to_jsonb(v_request)
    );
  end if;
  if v_code is null and not coalesce(core.is_reason(decide_correction.reason), true) then
    v_code := 'SA013';
  end if;
  if v_code is null and decide_correction.via = 'approve' and v_request.effect = 'change' and exists (
    select from attendance.code as c
    where c.tenant_id = v_actor.tenant_id
      and c.code = v_request.code
      and c.code is distinct from v_record.code
      and c.permission is not null
      and not identity.holds(c.permission, v_request.unit_id)
  ) then
    v_code := 'SA111';
  end if;

  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(decide_correction.reason, 'null'), 'a reason of at least 10 characters');
  elsif v_code is null then
    begin
      update attendance.correction_request as q
      set state = v_transition.to_state, state_via = v_transition.via, state_reason = decide_correction.reason,
        decider_id = case when v_transition.permission is not null then v_actor.user_id end
      where q.tenant_id = v_request.tenant_id and q.id = v_request.id
      returning q.* into v_request;
      if v_request.state = 'approved' then
        if v_record.revision = v_request.base_revision then
          v_event := attendance.apply_correction(v_request, v_record);
          v_request.state := 'applied';
        else
          update attendance.correction_request as q
          set state = 'conflicted', state_via = 'conflict'
          where q.tenant_id = v_request.tenant_id and q.id = v_request.id
          returning q.* into v_request;
        end if;
      end if;
    exception
      when sqlstate 'SA000' then
        get stacked diagnostics v_code = returned_sqlstate, v_detail = pg_exception_detail;
        v_outcome := core.caught(v_code, v_detail);
    end;
  end if;
  if v_code is not null then
    return core.finish(
      ledger.refuse(
        decide_correction.command, decide_correction.key, v_payload,
        case
          when v_outcome.status is not null then v_outcome
          else core.refused(
            v_code,
            case
              when v_code <> 'SA104' -- who may not read it learns nothing of it
              then jsonb_build_object(
                'observed', 'a request that is ' || v_request.state
                || case when v_request.expires_at <= core.clock() then ' and expired at ' || attendance.utc(v_request.expires_at) else '' end,
                'expected', decide_correction.via
              )
            end
          )
        end
      ),
      decide_correction.key
    );
  end if;
  return core.finish(
    core.accepted(
      v_request.id, v_event.revision,
      jsonb_strip_nulls(jsonb_build_object('record_id', v_record.id, 'state', v_request.state, 'record_state', v_event.state))
      || case
        when v_request.state = 'conflicted'
        then jsonb_build_object('observed', 'revision ' || v_record.revision, 'expected', 'revision ' || v_request.base_revision)
        else '{}'
      end
    ),
    decide_correction.key
  );
end $$;
comment on function attendance.decide_correction(text, uuid, uuid, text, text) is
  'What api.correction_decide and api.correction_withdraw do: moves a request by approve, reject or withdraw, and applies what is approved at once. Errors SA011 to SA013; refusals SA101, SA102, SA104, SA105, SA107, SA111, SA117.';

commit;
