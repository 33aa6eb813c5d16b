-- Deploy smartattend:api/platform_subscription_put to pg
begin;
set local role smartattend_owner;

create function api.platform_subscription_put(
  key uuid,
  kind text,
  channel text,
  target text,
  secret_name text default null,
  is_active boolean default true,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_subscription_put.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'kind', platform_subscription_put.kind, 'channel', platform_subscription_put.channel, 'target', platform_subscription_put.target,
    'secret_name', platform_subscription_put.secret_name, 'is_active', platform_subscription_put.is_active
  );
  v_outcome core.outcome;
begin
  v_outcome := identity.claim_platform('platform_subscription_put', platform_subscription_put.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := ops.put_subscription(
    platform_subscription_put.kind, platform_subscription_put.channel, platform_subscription_put.target, platform_subscription_put.secret_name,
    platform_subscription_put.is_active
  );
  return identity.finish_platform(v_outcome, platform_subscription_put.key, 'platform_subscription_put', v_payload);
end $$;
comment on function api.platform_subscription_put(uuid, text, text, text, text, boolean, text) is
  'Tells somebody of messages of the platform, as api.subscription_put does of a tenant''s; also a command or a file, by its name in the worker''s own list. Platform session with tenant.operate. Errors SA001–SA006, SA010, SA012, SA104; refusal SA102.';
grant execute on function api.platform_subscription_put(uuid, text, text, text, text, boolean, text) to smartattend_app, smartattend_operator;

commit;
