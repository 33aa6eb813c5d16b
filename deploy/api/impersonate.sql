-- Deploy smartattend:api/impersonate to pg
begin;
set local role smartattend_owner;

create function api.impersonate(
  key uuid, tenant_id uuid, member_number text, reason text, minutes integer default 15, unit text default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(impersonate.token, 'tenant.impersonate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', impersonate.tenant_id, 'member_number', impersonate.member_number, 'reason', impersonate.reason, 'minutes', impersonate.minutes,
    'unit', impersonate.unit
  );
  v_outcome core.outcome;
  v_login text;
  v_state text;
  v_member_id uuid;
  v_unit_id uuid;
  v_opened record;
begin
  if core.is_reason(impersonate.reason) is not true then
    perform core.fail('SA013', coalesce(left(impersonate.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := identity.claim_platform('impersonate', impersonate.key, v_payload, impersonate.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  perform identity.bind_target(impersonate.tenant_id);
  select t.state, g.login into v_state, v_login
  from tenancy.tenant as t
  inner join tenancy.gate as g on g.state = t.state
  where t.tenant_id = impersonate.tenant_id
  for share of t;
  if not found then
    perform core.fail('SA011', 'tenant_id ' || coalesce(impersonate.tenant_id::text, 'null'), 'a tenant');
  end if;
  if v_login <> 'all' then
    return identity.finish_platform(
      core.refused('SA107', jsonb_build_object('observed', v_state)),
      impersonate.key, 'impersonate', v_payload, impersonate.tenant_id, reason => impersonate.reason
    );
  end if;
  select m.user_id into v_member_id
  from identity.membership as m
  where m.tenant_id = impersonate.tenant_id
    and m.member_number = impersonate.member_number
    and m.active_from <= core.clock()
    and coalesce(m.active_until, 'infinity') > core.clock();
  if not found then
    perform core.fail('SA011', 'member ' || coalesce(left(impersonate.member_number, 64), 'null'), 'the number of an active member');
  end if;
  if impersonate.unit is not null then
    select u.id into v_unit_id
    from tenancy.unit as u
    inner join tenancy.site as s on s.tenant_id = u.tenant_id and s.id = u.site_id
    where u.tenant_id = impersonate.tenant_id
      and impersonate.unit in (u.id::text, case u.kind when 'site' then s.code else s.code || '/' || u.code end);
    if not found then
      perform core.fail('SA011', 'unit ' || left(impersonate.unit, 64), 'the id of a unit, site_code or site_code/unit_code');
    end if;
  end if;
  select o.* into v_opened
  from identity.open_support(
    'impersonation', impersonate.tenant_id, v_member_id, v_unit_id, impersonate.reason, null, make_interval(mins => impersonate.minutes)
  ) as o;
  v_outcome := core.accepted(
    v_opened.session_id, null,
    jsonb_build_object('tenant_id', impersonate.tenant_id, 'member_id', v_member_id, 'unit_id', v_unit_id, 'expires_at', v_opened.expires_at)
  );
  return identity.finish_platform(
    v_outcome, impersonate.key, 'impersonate', v_payload, impersonate.tenant_id, after => v_outcome.detail, reason => impersonate.reason,
    shown_once => jsonb_build_object('token', v_opened.token)
  );
end $$;
comment on function api.impersonate(uuid, uuid, text, text, integer, text, text) is
  'Opens a sub-session of the platform session in a tenant, as one of its members, for 1 to 60 minutes and never longer than the platform session: id = the access, which every row written under it carries; detail {tenant_id, member_id, unit_id, expires_at, token}, the token once (a replay has none). unit (an id, site_code or site_code/unit_code) narrows what the member holds. It reads what the member may read and does clerical work; it governs nothing and writes no attendance. The tenant sees it in api.support_access. Platform session with tenant.impersonate, MFA level 2. Errors SA001–SA006, SA010–SA013, SA104; refusals SA102, SA107.';
grant execute on function api.impersonate(uuid, uuid, text, text, integer, text, text) to smartattend_app, smartattend_operator;

commit;
