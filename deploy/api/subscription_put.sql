-- Deploy smartattend:api/subscription_put to pg
begin;
set local role smartattend_owner;

create function api.subscription_put(
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
  v_actor core.actor := identity.bind_session(subscription_put.token);
  v_payload jsonb := jsonb_build_object(
    'kind', subscription_put.kind, 'channel', subscription_put.channel, 'target', subscription_put.target,
    'secret_name', subscription_put.secret_name, 'is_active', subscription_put.is_active
  );
  v_outcome core.outcome;
begin
  v_outcome := ledger.claim('subscription_put', subscription_put.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if not identity.holds('notification.manage') then
    v_outcome := core.refused('SA104', jsonb_build_object('expected', 'notification.manage'));
  elsif core.bound_tenant('administration_write') is null then
    v_outcome := core.refused('SA107');
  end if;
  if v_outcome.status is not null then
    return core.finish(ledger.refuse('subscription_put', subscription_put.key, v_payload, v_outcome), subscription_put.key);
  end if;
  return core.finish(
    ops.put_subscription(
      subscription_put.kind, subscription_put.channel, subscription_put.target, subscription_put.secret_name, subscription_put.is_active
    ),
    subscription_put.key
  );
end $$;
comment on function api.subscription_put(uuid, text, text, text, text, boolean, text) is
  'Tells a webhook (which a secret signs: secret_name is its name with the worker, never the secret) or a mail address of messages of the tenant: of a kind (incident.opened), a group (incident.*) or all (*); again, with another secret_name or is_active, to change it. For who holds notification.manage. Errors SA001 to SA006, SA010, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.subscription_put(uuid, text, text, text, text, boolean, text) to smartattend_app;

commit;
