-- Deploy smartattend:api/platform_scan to pg
begin;
set local role smartattend_owner;

create function api.platform_scan(key uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_scan.token, 'tenant.audit');
  v_outcome core.outcome;
begin
  v_outcome := identity.claim_platform('platform_scan', platform_scan.key, '{}');
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  return identity.finish_platform(
    core.accepted(null, null, jsonb_build_object('events', access.observe_platform(core.clock()))), platform_scan.key, 'platform_scan', '{}'
  );
end $$;
comment on function api.platform_scan(uuid, text) is
  'Looks for escalation that concerns the platform: guard tampering and broken seals (E16), anomalies of platform sessions (E17). detail: events, the number of new ones. Run it as often as you like. Platform session with tenant.audit. Errors SA001–SA006, SA012, SA104; refusal SA102.';
grant execute on function api.platform_scan(uuid, text) to smartattend_app, smartattend_operator;

commit;
