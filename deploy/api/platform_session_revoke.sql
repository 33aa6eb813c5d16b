-- Deploy smartattend:api/platform_session_revoke to pg
begin;
set local role smartattend_owner;

create function api.platform_session_revoke(key uuid, session_id uuid, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_session_revoke.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object('session_id', platform_session_revoke.session_id);
  v_outcome core.outcome;
begin
  if core.is_reason(platform_session_revoke.reason) is not true then
    perform core.fail('SA013', coalesce(left(platform_session_revoke.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := identity.claim_platform('platform_session_revoke', platform_session_revoke.key, v_payload, platform_session_revoke.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := identity.revoke_platform_session(platform_session_revoke.session_id, platform_session_revoke.reason);
  return identity.finish_platform(
    v_outcome, platform_session_revoke.key, 'platform_session_revoke', v_payload, before => v_outcome.detail - 'revoked_at',
    after => v_outcome.detail, reason => platform_session_revoke.reason
  );
end $$;
comment on function api.platform_session_revoke(uuid, uuid, text, text) is
  'Ends another person''s live platform session at once, with its sub-sessions in tenants; the own one is ended by its token. Platform session with tenant.operate. Errors SA001–SA006, SA011, SA012, SA013, SA104; refusals SA101, SA102, SA105.';
grant execute on function api.platform_session_revoke(uuid, uuid, text, text) to smartattend_app, smartattend_operator;

commit;
