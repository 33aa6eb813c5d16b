-- Deploy smartattend:api/role_decide to pg
begin;
set local role smartattend_owner;

create function api.role_decide(key uuid, request_id uuid, via text, reason text default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(role_decide.token);
  v_payload jsonb := jsonb_build_object('request_id', role_decide.request_id, 'via', role_decide.via, 'reason', role_decide.reason);
  v_outcome core.outcome;
  v_rule access.role_rule;
  v_request access.role_request;
  v_now timestamptz;
  v_code text;
  v_grant_id uuid;
  v_approvals bigint;
begin
  if coalesce(role_decide.via not in ('approve', 'deny'), true) then
    perform core.fail('SA010', 'via ' || coalesce(role_decide.via, 'null'), 'approve or deny');
  end if;
  if (role_decide.via = 'deny' or role_decide.reason is not null) and core.is_reason(role_decide.reason) is not true then
    perform core.fail('SA013', coalesce(role_decide.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := ledger.claim('role_decide', role_decide.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('role_decide', role_decide.key, v_payload, v_outcome);
  end if;
  select q.* into v_request
  from access.role_request as q
  where q.tenant_id = v_actor.tenant_id and q.id = role_decide.request_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'request_id ' || coalesce(role_decide.request_id::text, 'null'), 'a role request of this tenant');
  end if;
  v_now := core.clock();
  select r.* into v_rule from access.role_rule as r where r.role = v_request.role;
  v_grant_id := access.approving_grant(v_actor.user_id, v_rule.approver_permission, v_request.unit_id, v_request.beneficiary_id, v_now);
  v_code := case
    when v_actor.user_id in (v_request.beneficiary_id, v_request.requested_by) then 'SA105'
    when v_grant_id is null or not identity.holds(v_rule.approver_permission, v_request.unit_id) then 'SA104'
    when v_request.state = 'requested' and least(v_request.lapses_at, v_request.ends_at) <= v_now then 'SA101'
    else core.transition_refusal(
      'role_request', v_request.state, case role_decide.via when 'deny' then 'denied' else 'approved' end, role_decide.via, role_decide.reason,
      to_jsonb(v_request)
    )
  end;
  if v_code is null and exists (
    select from access.role_approval as a
    where a.tenant_id = v_request.tenant_id and a.request_id = v_request.id and a.approver_id = v_actor.user_id
  ) then
    v_code := 'SA112';
  end if;
  if v_code is not null then
    return access.refuse(
      'role_decide', role_decide.key, v_payload,
      core.refused(v_code, case when v_code <> 'SA104' then jsonb_build_object('observed', v_request.state, 'expected', 'a request that waits for this person') end),
      v_request
    );
  end if;
  if role_decide.via = 'approve' then
    v_outcome := access.grant_refusal(v_request, array[v_actor.user_id], v_now);
    if v_outcome.code is not null then
      return access.refuse('role_decide', role_decide.key, v_payload, v_outcome, v_request);
    end if;
  end if;
  insert into access.role_approval (
    tenant_id, request_id, requested_by, beneficiary_id, approver_id, approver_grant_id, verdict, reason, recorded_at
  )
  values (
    v_request.tenant_id, v_request.id, v_request.requested_by, v_request.beneficiary_id, v_actor.user_id, v_grant_id, role_decide.via,
    role_decide.reason, v_now
  );
  if role_decide.via = 'deny' then
    update access.role_request as q
    set state = 'denied', state_via = 'deny', state_reason = role_decide.reason
    where q.tenant_id = v_request.tenant_id and q.id = v_request.id;
    return core.finish(core.accepted(v_request.id, null, jsonb_build_object('state', 'denied')), role_decide.key);
  end if;
  select count(*) into v_approvals
  from access.role_approval as a
  where a.tenant_id = v_request.tenant_id and a.request_id = v_request.id and a.verdict = 'approve';
  v_outcome := core.accepted(
    v_request.id, null, jsonb_build_object('state', 'requested', 'approvals', v_approvals, 'needed', v_request.min_approvals)
  );
  if v_approvals >= v_request.min_approvals then
    update access.role_request as q
    set state = 'approved', state_via = 'approve', state_reason = role_decide.reason
    where q.tenant_id = v_request.tenant_id and q.id = v_request.id;
    v_outcome.detail := v_outcome.detail || '{"state": "approved"}';
    if v_request.starts_at <= v_now then
      v_outcome.detail := v_outcome.detail || (
        -- What speaks against it now (an earlier approver who may no longer) leaves it approved; it may come into effect later, or lapse.
        select coalesce(a.detail, '{}') || jsonb_strip_nulls(jsonb_build_object('code', a.code)) from access.activate(v_request.id, v_now) as a
      );
    end if;
  end if;
  return core.finish(v_outcome, role_decide.key);
end $$;
comment on function api.role_decide(uuid, uuid, text, text, text) is
  'Decides a role request by approve or deny (with a reason): whoever holds the approvers'' permission of the rule in the scope now and, to approve, every permission of the role; never the requester or the beneficiary, nor by a grant that the beneficiary gave in the last 30 days. One denial ends it; the last of as many approvals as are needed brings it into effect (or approves it, where its start is to come). detail: state, approvals, needed, grant_id; code, when it is approved and something speaks against its effect now. Errors SA001–SA006, SA010–SA013; refusals SA101, SA102, SA104, SA105, SA107, SA112, SA141–SA144, SA146, SA147.';
grant execute on function api.role_decide(uuid, uuid, text, text, text) to smartattend_app;

commit;
