-- Deploy smartattend:api/role_revoke to pg
begin;
set local role smartattend_owner;

create function api.role_revoke(key uuid, grant_id uuid, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(role_revoke.token);
  v_payload jsonb := jsonb_build_object('grant_id', role_revoke.grant_id, 'reason', role_revoke.reason);
  v_outcome core.outcome;
  v_grant identity.role_grant;
begin
  if core.is_reason(role_revoke.reason) is not true then
    perform core.fail('SA013', coalesce(role_revoke.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := ledger.claim('role_revoke', role_revoke.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('role_revoke', role_revoke.key, v_payload, v_outcome);
  end if;
  select g.* into v_grant from identity.role_grant as g where g.tenant_id = v_actor.tenant_id and g.id = role_revoke.grant_id;
  if not found then
    perform core.fail('SA011', 'grant_id ' || coalesce(role_revoke.grant_id::text, 'null'), 'a grant of this tenant');
  end if;
  if v_grant.user_id is distinct from v_actor.user_id and not identity.holds('role.grant', v_grant.unit_id) then
    return access.refuse('role_revoke', role_revoke.key, v_payload, core.refused('SA104'));
  end if;
  v_outcome := access.revoke(v_grant.id, role_revoke.reason, core.clock());
  if v_outcome.status = 'refused' then
    return access.refuse(
      'role_revoke', role_revoke.key, v_payload, v_outcome,
      access.open_request('asked', v_grant.user_id, v_grant.role, v_grant.unit_id, null, null, role_revoke.reason, null, core.clock())
    );
  end if;
  return core.finish(v_outcome, role_revoke.key);
end $$;
comment on function api.role_revoke(uuid, uuid, text, text) is
  'Takes a role away at once (api.role_grant has the ids): whoever holds role.grant in its scope, or the holder. The last administrator of a tenant stays. Errors SA001–SA006, SA011–SA013; refusals SA101, SA102, SA104, SA107, SA145.';
grant execute on function api.role_revoke(uuid, uuid, text, text) to smartattend_app;

commit;
