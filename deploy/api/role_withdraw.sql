-- Deploy smartattend:api/role_withdraw to pg
begin;
set local role smartattend_owner;

create function api.role_withdraw(key uuid, request_id uuid, reason text default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(role_withdraw.token);
  v_payload jsonb := jsonb_build_object('request_id', role_withdraw.request_id, 'reason', role_withdraw.reason);
  v_outcome core.outcome;
  v_request access.role_request;
  v_code text;
begin
  if core.is_reason(role_withdraw.reason) is false then
    perform core.fail('SA013', role_withdraw.reason, 'a reason of at least 10 characters, or null');
  end if;
  v_outcome := ledger.claim('role_withdraw', role_withdraw.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('role_withdraw', role_withdraw.key, v_payload, v_outcome);
  end if;
  select q.* into v_request
  from access.role_request as q
  where q.tenant_id = v_actor.tenant_id and q.id = role_withdraw.request_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'request_id ' || coalesce(role_withdraw.request_id::text, 'null'), 'a role request of this tenant');
  end if;
  v_code := case
    when v_actor.user_id is distinct from v_request.beneficiary_id and v_actor.user_id is distinct from v_request.requested_by then 'SA104'
    else core.transition_refusal('role_request', v_request.state, 'withdrawn', 'withdraw', role_withdraw.reason, to_jsonb(v_request))
  end;
  if v_code is not null then
    return access.refuse(
      'role_withdraw', role_withdraw.key, v_payload,
      core.refused(v_code, case when v_code <> 'SA104' then jsonb_build_object('observed', v_request.state, 'expected', 'requested or approved') end)
    );
  end if;
  update access.role_request as q
  set state = 'withdrawn', state_via = 'withdraw', state_reason = role_withdraw.reason
  where q.tenant_id = v_request.tenant_id and q.id = v_request.id;
  return core.finish(core.accepted(v_request.id, null, jsonb_build_object('state', 'withdrawn')), role_withdraw.key);
end $$;
comment on function api.role_withdraw(uuid, uuid, text, text) is
  'Takes a role request back that is not in effect yet: its requester or its beneficiary. Errors SA001–SA006, SA011–SA013; refusals SA101, SA102, SA104, SA107.';
grant execute on function api.role_withdraw(uuid, uuid, text, text) to smartattend_app;

commit;
