-- Deploy smartattend:api/platform_revoke to pg
begin;
set local role smartattend_owner;

create function api.platform_revoke(key uuid, login text, role text, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_revoke.token, 'platform.grant');
  v_payload jsonb := jsonb_build_object('login', platform_revoke.login, 'role', platform_revoke.role);
  v_outcome core.outcome;
begin
  if core.is_reason(platform_revoke.reason) is not true then
    perform core.fail('SA013', coalesce(left(platform_revoke.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := identity.claim_platform('platform_revoke', platform_revoke.key, v_payload, platform_revoke.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := identity.revoke_platform_role(platform_revoke.login, platform_revoke.role, platform_revoke.reason);
  return identity.finish_platform(
    v_outcome, platform_revoke.key, 'platform_revoke', v_payload, before => v_outcome.detail - 'revoked_at', after => v_outcome.detail,
    reason => platform_revoke.reason
  );
end $$;
comment on function api.platform_revoke(uuid, text, text, text, text) is
  'Revokes a platform role; the person''s platform sessions, and what they opened in tenants, end in the same transaction. By a superadmin with MFA level 2, never the own one; a superadmin without an end always stays. Errors SA001–SA006, SA011, SA012, SA013, SA104; refusals SA102, SA104, SA105, SA130.';
grant execute on function api.platform_revoke(uuid, text, text, text, text) to smartattend_app, smartattend_operator;

commit;
