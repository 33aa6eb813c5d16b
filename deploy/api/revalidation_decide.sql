-- Deploy smartattend:api/revalidation_decide to pg
begin;
set local role smartattend_owner;

create function api.revalidation_decide(
  key uuid, revalidation_id uuid, via text, reason text default null, ends_at timestamptz default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(revalidation_decide.token);
  v_payload jsonb := jsonb_build_object(
    'revalidation_id', revalidation_decide.revalidation_id, 'via', revalidation_decide.via, 'reason', revalidation_decide.reason,
    'ends_at', revalidation_decide.ends_at
  );
  v_to constant text := case revalidation_decide.via when 'certify' then 'certified' when 'modify' then 'modified' when 'revoke' then 'revoked' end;
  v_outcome core.outcome;
  v_item access.revalidation;
  v_grant identity.role_grant;
  v_now timestamptz;
  v_code text;
  v_is_last boolean;
begin
  if v_to is null then
    perform core.fail('SA010', 'via ' || coalesce(revalidation_decide.via, 'null'), 'certify, modify or revoke');
  end if;
  if (v_to <> 'certified' or revalidation_decide.reason is not null) and core.is_reason(revalidation_decide.reason) is not true then
    perform core.fail('SA013', coalesce(revalidation_decide.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := ledger.claim('revalidation_decide', revalidation_decide.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('revalidation_decide', revalidation_decide.key, v_payload, v_outcome);
  end if;
  select c.* into v_item
  from access.revalidation as c
  where c.tenant_id = v_actor.tenant_id and c.id = revalidation_decide.revalidation_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'revalidation_id ' || coalesce(revalidation_decide.revalidation_id::text, 'null'), 'a revalidation of this tenant');
  end if;
  select g.* into v_grant
  from identity.role_grant as g
  where g.tenant_id = v_item.tenant_id and g.id = v_item.grant_id
  for no key update;
  v_now := core.clock();
  if v_to = 'modified' and coalesce(revalidation_decide.ends_at not between v_now and v_grant.ends_at, true) then
    perform core.fail('SA010', 'ends_at ' || coalesce(revalidation_decide.ends_at::text, 'null'), 'an instant between now and the grant''s end');
  end if;
  v_is_last := identity.is_permanent_administrator(v_grant)
    and not identity.has_another_administrator(v_grant.tenant_id, v_grant.id, null);
  v_code := case
    when not identity.holds('role.review') then 'SA104'
    when v_to <> 'certified' and v_is_last then 'SA145'
    else core.transition_refusal('revalidation', v_item.state, v_to, revalidation_decide.via, revalidation_decide.reason, to_jsonb(v_item))
  end;
  if v_code is not null then
    return access.refuse(
      'revalidation_decide', revalidation_decide.key, v_payload,
      core.refused(v_code, case when v_code <> 'SA104' then jsonb_build_object('observed', v_item.state, 'expected', 'a grant of another person to be looked at') end),
      access.open_request('asked', v_grant.user_id, v_grant.role, v_grant.unit_id, null, null, null, null, v_now)
    );
  end if;
  begin
    update access.revalidation as c
    set state = v_to, state_via = revalidation_decide.via, state_reason = revalidation_decide.reason, certifier_id = v_actor.user_id
    where c.tenant_id = v_item.tenant_id and c.id = v_item.id;
    if v_to = 'modified' then
      update identity.role_grant as g
      set ends_at = revalidation_decide.ends_at
      where g.tenant_id = v_item.tenant_id and g.id = v_item.grant_id and (g.revoked_at is null or g.revoked_at = v_item.suspended_at);
    end if;
    if v_to <> 'revoked' and v_item.suspended_at is not null then
      update identity.role_grant as g
      set revoked_at = null
      where g.tenant_id = v_item.tenant_id and g.id = v_item.grant_id and g.revoked_at = v_item.suspended_at;
    end if;
  exception
    -- What came to be while the grant was suspended: its constraint and its trigger judge.
    when exclusion_violation then
      v_code := 'SA112';
    when sqlstate 'SA141' or sqlstate 'SA142' then
      v_code := sqlstate;
  end;
  if v_code is not null then
    return access.refuse(
      'revalidation_decide', revalidation_decide.key, v_payload,
      core.refused(v_code, jsonb_build_object('observed', 'roles that were given since it was suspended', 'expected', 'a grant that may be in effect again')),
      access.open_request('asked', v_grant.user_id, v_grant.role, v_grant.unit_id, null, null, null, null, v_now)
    );
  end if;
  if v_to = 'revoked' then
    if v_item.suspended_at is not null then
      update access.role_request as q
      set state = 'revoked', state_via = 'revoke', state_reason = revalidation_decide.reason
      where q.tenant_id = v_item.tenant_id and q.id = v_grant.request_id and q.state = 'active';
    else
      perform access.revoke(v_grant.id, revalidation_decide.reason, v_now);
    end if;
  end if;
  return core.finish(
    core.accepted(v_item.id, null, jsonb_build_object('state', v_to, 'grant_id', v_grant.id, 'role', v_grant.role, 'user_id', v_grant.user_id)),
    revalidation_decide.key
  );
end $$;
comment on function api.revalidation_decide(uuid, uuid, text, text, timestamptz, text) is
  'Gives the verdict on a grant that is to be looked at: certify (right as it is), modify (it ends earlier, at ends_at) or revoke, the latter two with a reason. Whoever holds role.review for the whole tenant, never the holder. What is suspended is in effect again when it is certified or modified, unless the roles given since speak against it. Errors SA001–SA006, SA010–SA013; refusals SA101, SA102, SA104, SA105, SA107, SA112, SA141, SA142, SA145.';
grant execute on function api.revalidation_decide(uuid, uuid, text, text, timestamptz, text) to smartattend_app;

commit;
