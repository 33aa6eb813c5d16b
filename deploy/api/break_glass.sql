-- Deploy smartattend:api/break_glass to pg
begin;
set local role smartattend_owner;

create function api.break_glass(key uuid, tenant_id uuid, reason text, ticket text, minutes integer default 15, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(break_glass.token, 'tenant.break_glass');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', break_glass.tenant_id, 'reason', break_glass.reason, 'ticket', break_glass.ticket, 'minutes', break_glass.minutes
  );
  v_outcome core.outcome;
  v_state text;
  v_opened record;
begin
  if core.is_reason(break_glass.reason) is not true then
    perform core.fail('SA013', coalesce(left(break_glass.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  if core.is_code(break_glass.ticket) is not true then
    perform core.fail('SA012', coalesce(left(break_glass.ticket, 64), 'null'), 'the ticket that asks for it');
  end if;
  v_outcome := identity.claim_platform('break_glass', break_glass.key, v_payload, break_glass.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  perform identity.bind_target(break_glass.tenant_id);
  select t.state into v_state from tenancy.tenant as t where t.tenant_id = break_glass.tenant_id for share;
  if not found then
    perform core.fail('SA011', 'tenant_id ' || coalesce(break_glass.tenant_id::text, 'null'), 'a tenant');
  end if;
  if v_state = 'purged' then
    return identity.finish_platform(
      core.refused('SA107', jsonb_build_object('observed', v_state)),
      break_glass.key, 'break_glass', v_payload, break_glass.tenant_id, reason => break_glass.reason
    );
  end if;
  select o.* into v_opened
  from identity.open_support(
    'break_glass', break_glass.tenant_id, null, null, break_glass.reason, break_glass.ticket, make_interval(mins => break_glass.minutes)
  ) as o;
  v_outcome := core.accepted(
    v_opened.session_id, null, jsonb_build_object('tenant_id', break_glass.tenant_id, 'expires_at', v_opened.expires_at)
  );
  return identity.finish_platform(
    v_outcome, break_glass.key, 'break_glass', v_payload, break_glass.tenant_id, after => v_outcome.detail || jsonb_build_object('ticket', break_glass.ticket),
    reason => break_glass.reason, shown_once => jsonb_build_object('token', v_opened.token)
  );
end $$;
comment on function api.break_glass(uuid, uuid, text, text, integer, text) is
  'Breaks the glass: opens the administration of a tenant at once, in every state but purged, with nobody''s approval, for 1 to 60 minutes and never longer than the platform session. It is a sub-session of the platform person, nobody''s membership: members, roles, sites, units, settings and devices, no attendance. Detail {tenant_id, expires_at, token}, the token once. The tenant sees it in api.support_access, and it is unreviewed until somebody else gives a verdict. Platform session with tenant.break_glass, MFA level 2. Errors SA001–SA006, SA010–SA013, SA104; refusals SA102, SA107.';
grant execute on function api.break_glass(uuid, uuid, text, text, integer, text) to smartattend_app, smartattend_operator;

commit;
