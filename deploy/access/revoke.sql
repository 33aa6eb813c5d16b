-- Deploy smartattend:access/revoke to pg
begin;
set local role smartattend_owner;

create function access.revoke(grant_id uuid, reason text, now timestamptz)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grant identity.role_grant;
begin
  select g.* into v_grant
  from identity.role_grant as g
  where g.tenant_id = core.bound_tenant() and g.id = revoke.grant_id
  for no key update;
  if v_grant.revoked_at is not null or v_grant.ends_at <= revoke.now then
    return core.refused('SA101', jsonb_build_object('observed', 'a grant that has ended', 'expected', 'a live grant'));
  end if;
  if identity.is_permanent_administrator(v_grant) and not identity.has_another_administrator(v_grant.tenant_id, v_grant.id, null) then
    return core.refused(
      'SA145', jsonb_build_object('observed', 'the last administrator without an end', 'expected', 'another administrator of the whole tenant first')
    );
  end if;
  update access.role_request as q
  set state = 'revoked', state_via = 'revoke', state_reason = revoke.reason
  where q.tenant_id = v_grant.tenant_id and q.id = v_grant.request_id and q.state = 'active';
  update identity.role_grant as g
  set revoked_at = revoke.now
  where g.tenant_id = v_grant.tenant_id and g.id = v_grant.id;
  return core.accepted(
    v_grant.id, null, jsonb_build_object('role', v_grant.role, 'user_id', v_grant.user_id, 'revoked_at', revoke.now)
  );
end $$;
comment on function access.revoke(uuid, text, timestamptz) is
  'Takes a grant away, with its request; never the last administrator''s (SA145). Under access.lock_tenant, which two that would take the last two wait for.';

commit;
