-- Deploy smartattend:api/role_activate to pg
begin;
set local role smartattend_owner;

create function api.role_activate(key uuid, request_id uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(role_activate.token);
  v_payload jsonb := jsonb_build_object('request_id', role_activate.request_id);
  v_outcome core.outcome;
  v_request access.role_request;
  v_now timestamptz;
  v_code text;
begin
  v_outcome := ledger.claim('role_activate', role_activate.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('role_activate', role_activate.key, v_payload, v_outcome);
  end if;
  select q.* into v_request
  from access.role_request as q
  where q.tenant_id = v_actor.tenant_id and q.id = role_activate.request_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'request_id ' || coalesce(role_activate.request_id::text, 'null'), 'a role request of this tenant');
  end if;
  v_now := core.clock();
  v_code := case
    when v_actor.user_id is distinct from v_request.beneficiary_id and v_actor.user_id is distinct from v_request.requested_by
      and not identity.holds('role.grant', v_request.unit_id)
    then 'SA104'
    when v_request.starts_at > v_now or v_request.lapses_at <= v_now or v_request.ends_at <= v_now then 'SA101'
    else core.transition_refusal('role_request', v_request.state, 'active', 'activate', null, to_jsonb(v_request))
  end;
  if v_code is not null then
    return access.refuse(
      'role_activate', role_activate.key, v_payload,
      core.refused(
        v_code,
        case when v_code <> 'SA104' then jsonb_build_object(
          'observed', v_request.state, 'expected', format('an approved request between %s and %s', v_request.starts_at, v_request.lapses_at)
        ) end
      )
    );
  end if;
  v_outcome := access.activate(v_request.id, v_now);
  if v_outcome.status = 'refused' then
    return access.refuse('role_activate', role_activate.key, v_payload, v_outcome, v_request);
  end if;
  return core.finish(v_outcome, role_activate.key);
end $$;
comment on function api.role_activate(uuid, uuid, text) is
  'Brings an approved role request into effect whose start has come: by its beneficiary, its requester or whoever holds role.grant in its scope. Everything that spoke for it is checked again: the approvers'' own grants, the rule, separation of duty, cardinality, prerequisite, cool-down. Errors SA001–SA006, SA011, SA012; refusals SA101, SA102, SA104, SA107, SA112, SA141–SA144, SA146, SA147.';
grant execute on function api.role_activate(uuid, uuid, text) to smartattend_app;

commit;
