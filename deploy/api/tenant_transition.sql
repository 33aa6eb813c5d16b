-- Deploy smartattend:api/tenant_transition to pg
begin;
set local role smartattend_owner;

create function api.tenant_transition(key uuid, tenant_id uuid, via text, reason text default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(tenant_transition.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', tenant_transition.tenant_id, 'via', tenant_transition.via, 'reason', tenant_transition.reason
  );
  v_outcome core.outcome;
  v_from text;
  v_to text;
  v_code text;
begin
  v_outcome := core.claim('tenant_transition', tenant_transition.key, v_payload);
  if v_outcome.status = 'refused' then
    return identity.finish_platform(
      ledger.refuse('tenant_transition', tenant_transition.key, v_payload, v_outcome), tenant_transition.key, 'tenant_transition', after => v_payload,
      reason => tenant_transition.reason
    );
  elsif v_outcome.status is not null then
    return identity.finish_platform(v_outcome, tenant_transition.key, 'tenant_transition');
  end if;
  perform identity.bind_target(tenant_transition.tenant_id);
  select t.state into v_from
  from tenancy.tenant as t
  where t.tenant_id = tenant_transition.tenant_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'tenant_id ' || coalesce(tenant_transition.tenant_id::text, 'null'), 'a tenant');
  end if;
  select t.to_state into v_to
  from core.transition as t
  where t.machine = 'tenant' and t.from_state = v_from and t.via = tenant_transition.via;
  v_code := case
    when v_to is null then 'SA101'
    -- One session alone never does these; the procedures for approvals, export and retention do.
    when tenant_transition.via in ('reinstate', 'restore', 'purge') then 'SA114'
    when tenant_transition.via in ('archive', 'discard') then 'SA110'
  end;
  v_code := coalesce(v_code, core.transition_refusal('tenant', v_from, v_to, tenant_transition.via, tenant_transition.reason, '{}'));
  if v_code is null and tenant_transition.via = 'activate' and not (
    exists (select from tenancy.site as s where s.tenant_id = tenant_transition.tenant_id)
    and exists (select from attendance.code as c where c.tenant_id = tenant_transition.tenant_id)
    and exists (
      select from identity.role_grant as g
      where g.tenant_id = tenant_transition.tenant_id and g.role in ('school_admin', 'corporate_admin')
        and g.revoked_at is null and g.ends_at > core.clock()
    )
  ) then
    v_code := 'SA110';
  end if;
  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(tenant_transition.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if v_code is null then
    update tenancy.tenant as t
    set state = v_to, state_via = tenant_transition.via, state_reason = tenant_transition.reason
    where t.tenant_id = tenant_transition.tenant_id;
    if exists (
      select from tenancy.gate as before, tenancy.gate as after
      where before.state = v_from and after.state = v_to and before.login = 'all' and after.login <> 'all'
    ) then
      perform identity.revoke_tenant_sessions(tenant_transition.tenant_id, 'tenant is ' || v_to);
    end if;
    v_outcome := core.accepted(tenant_transition.tenant_id, null, jsonb_build_object('from', v_from, 'state', v_to));
  else
    v_outcome := ledger.refuse(
      'tenant_transition', tenant_transition.key, v_payload,
      core.refused(v_code, jsonb_build_object('observed', v_from || ' via ' || coalesce(tenant_transition.via, 'null')))
    );
  end if;
  return identity.finish_platform(
    v_outcome, tenant_transition.key, 'tenant_transition', tenant_transition.tenant_id, jsonb_build_object('state', v_from),
    coalesce(v_outcome.detail, '{}') || jsonb_build_object('via', tenant_transition.via), tenant_transition.reason
  );
end $$;
comment on function api.tenant_transition(uuid, uuid, text, text, text) is
  'Moves a tenant through its lifecycle (smartattend machine show tenant). Leaving a state with log-in revokes the tenant''s login sessions in the same transaction. Platform session with tenant.operate. Errors SA001–SA006, SA011–SA013; refusals SA101, SA102, SA110, SA114.';
grant execute on function api.tenant_transition(uuid, uuid, text, text, text) to smartattend_app, smartattend_operator;

commit;
