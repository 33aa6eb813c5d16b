-- Deploy smartattend:api/role_request to pg
begin;
set local role smartattend_owner;

create function api.role_request(
  key uuid, role text, user_id uuid default null, unit_id uuid default null, starts_at timestamptz default null,
  ends_at timestamptz default null, reason text default null, ticket text default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(role_request.token);
  v_payload jsonb := jsonb_build_object(
    'role', role_request.role, 'user_id', role_request.user_id, 'unit_id', role_request.unit_id, 'starts_at', role_request.starts_at,
    'ends_at', role_request.ends_at, 'reason', role_request.reason, 'ticket', role_request.ticket
  );
  v_beneficiary uuid := coalesce(role_request.user_id, v_actor.user_id);
  v_outcome core.outcome;
  v_rule access.role_rule;
  v_request access.role_request;
  v_now timestamptz;
  v_may_grant boolean;
begin
  v_outcome := ledger.claim('role_request', role_request.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  select r.* into v_rule from access.role_rule as r where r.role = role_request.role;
  if not found then
    perform core.fail('SA010', 'role ' || coalesce(role_request.role, 'null'), 'a role of this platform (api.role_rule)');
  end if;
  if v_beneficiary is null then
    perform core.fail('SA012', 'user_id is null', 'whom the role is for');
  end if;
  if not exists (select from identity.membership as m where m.tenant_id = v_actor.tenant_id and m.user_id = v_beneficiary) then
    perform core.fail('SA011', 'user_id ' || v_beneficiary, 'a member of this tenant');
  end if;
  if role_request.unit_id is not null
    and not exists (select from tenancy.unit as u where u.tenant_id = v_actor.tenant_id and u.id = role_request.unit_id)
  then
    perform core.fail('SA011', 'unit_id ' || role_request.unit_id, 'a unit of this tenant');
  end if;
  if (v_rule.requires_reason or role_request.reason is not null) and core.is_reason(role_request.reason) is not true then
    perform core.fail('SA013', coalesce(role_request.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if (v_rule.requires_ticket or role_request.ticket is not null) and core.is_code(role_request.ticket) is not true then
    perform core.fail('SA012', 'ticket ' || coalesce(role_request.ticket, 'null'), 'the ticket that asks for this role');
  end if;

  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('role_request', role_request.key, v_payload, v_outcome);
  end if;
  v_now := core.clock();
  if role_request.ends_at <= greatest(role_request.starts_at, v_now) then
    perform core.fail('SA010', 'ends_at ' || role_request.ends_at, 'an instant after the start and after now');
  end if;
  v_may_grant := identity.holds('role.grant', role_request.unit_id);
  v_request := access.open_request(
    case when v_may_grant and v_rule.min_approvals = 0 and v_beneficiary is distinct from v_actor.user_id then 'direct' else 'asked' end,
    v_beneficiary, role_request.role, role_request.unit_id, role_request.starts_at, role_request.ends_at, role_request.reason,
    role_request.ticket, v_now
  );
  if v_actor.user_id is null or (v_beneficiary <> v_actor.user_id and not v_may_grant) then
    return access.refuse(
      'role_request', role_request.key, v_payload,
      core.refused('SA104', jsonb_build_object('observed', 'a session without role.grant', 'expected', 'role.grant in this scope, or a request for oneself'))
    );
  elsif v_beneficiary = v_actor.user_id and not v_rule.self_request then
    v_request.kind := 'direct'; -- as which it is noted
    return access.refuse('role_request', role_request.key, v_payload, core.refused('SA105'), v_request);
  end if;
  if v_request.kind = 'direct' and v_request.starts_at <= v_now then
    v_outcome := access.grant_at_once(v_request);
  else
    v_outcome := access.grant_refusal(v_request, case v_request.kind when 'direct' then array[v_actor.user_id] else '{}'::uuid[] end, v_now);
    if v_outcome.code is null then
      insert into access.role_request select v_request.*;
      if v_request.kind = 'direct' then
        update access.role_request as q
        set state = 'approved', state_via = 'waive'
        where q.tenant_id = v_request.tenant_id and q.id = v_request.id;
      end if;
      v_outcome := core.accepted(
        v_request.id, null,
        jsonb_build_object(
          'state', case v_request.kind when 'direct' then 'approved' else 'requested' end, 'approvals', 0, 'needed', v_request.min_approvals,
          'lapses_at', v_request.lapses_at
        )
      );
    end if;
  end if;
  if v_outcome.status = 'refused' then
    return access.refuse('role_request', role_request.key, v_payload, v_outcome, v_request);
  end if;
  return core.finish(v_outcome, role_request.key);
end $$;
comment on function api.role_request(uuid, text, uuid, uuid, timestamptz, timestamptz, text, text, text) is
  'Asks for a role: for oneself, or for user_id with role.grant in the scope (unit_id and everything beneath it; null is the whole tenant), from starts_at (now) to ends_at (without end). Others approve it (api.role_decide), as many as the rule says (api.role_rule), one at least for whoever asks for oneself. Where the rule asks for none and the session holds every permission of the role, another person has it at once. detail: state (requested, approved or active), needed, grant_id. Errors SA001–SA006, SA010–SA013; refusals SA102, SA104, SA105, SA107, SA112, SA141–SA144, SA146, SA147.';
grant execute on function api.role_request(uuid, text, uuid, uuid, timestamptz, timestamptz, text, text, text) to smartattend_app;

commit;
