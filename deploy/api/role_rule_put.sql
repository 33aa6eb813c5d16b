-- Deploy smartattend:api/role_rule_put to pg
begin;
set local role smartattend_owner;

create function api.role_rule_put(key uuid, role text, rule jsonb, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(role_rule_put.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object('role', role_rule_put.role, 'rule', role_rule_put.rule, 'reason', role_rule_put.reason);
  v_outcome core.outcome;
  v_old access.role_rule;
  v_new access.role_rule;
  v_unknown text;
begin
  if core.is_reason(role_rule_put.reason) is not true then
    perform core.fail('SA013', coalesce(role_rule_put.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := identity.claim_platform('role_rule_put', role_rule_put.key, v_payload, role_rule_put.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  select r.* into v_old from access.role_rule as r where r.role = role_rule_put.role for no key update;
  if not found then
    perform core.fail('SA011', 'role ' || coalesce(role_rule_put.role, 'null'), 'a role that has a rule (api.role_rule)');
  end if;
  if jsonb_typeof(role_rule_put.rule) is distinct from 'object' then
    perform core.fail('SA010', 'rule ' || coalesce(jsonb_typeof(role_rule_put.rule), 'null'), 'an object of the fields to change');
  end if;
  select string_agg(k.name, ', ') into v_unknown
  from jsonb_object_keys(role_rule_put.rule) as k (name)
  where not (to_jsonb(v_old) - 'role' ? k.name);
  if v_unknown is not null then
    perform core.fail('SA010', 'field ' || v_unknown, 'fields of api.role_rule');
  end if;
  begin
    v_new := jsonb_populate_record(v_old, role_rule_put.rule);
    update access.role_rule as r
    set is_enabled = v_new.is_enabled, min_approvals = v_new.min_approvals, approver_permission = v_new.approver_permission,
      max_duration = v_new.max_duration, max_holders = v_new.max_holders, prerequisite = v_new.prerequisite,
      requires_reason = v_new.requires_reason, requires_ticket = v_new.requires_ticket, self_request = v_new.self_request,
      cool_down = v_new.cool_down, revalidate_every = v_new.revalidate_every, overdue_action = v_new.overdue_action,
      break_glass_max = v_new.break_glass_max, lapses_after = v_new.lapses_after
    where r.role = v_old.role;
  exception
    when integrity_constraint_violation or data_exception then
      perform core.fail('SA010', role_rule_put.rule::text || ': ' || sqlerrm, 'values that the comments of access.role_rule allow');
  end;
  return identity.finish_platform(
    core.accepted(null, null, jsonb_build_object('role', v_old.role, 'weaker', access.is_weaker(v_old, v_new), 'old', to_jsonb(v_old), 'new', to_jsonb(v_new))),
    role_rule_put.key, 'role_rule_put', v_payload, null, to_jsonb(v_old), to_jsonb(v_new), role_rule_put.reason
  );
end $$;
comment on function api.role_rule_put(uuid, text, jsonb, text, text) is
  'Changes fields of a role''s rule, for all tenants: rule is an object such as {"min_approvals": 2}. A rule that asks for less than it did is an escalation event (E15) of the platform. Requests that are open keep what was asked for when they were made; everything else is judged by the new rule. Platform session with tenant.operate. Errors SA001–SA006, SA010–SA013, SA104; refusal SA102.';
grant execute on function api.role_rule_put(uuid, text, jsonb, text, text) to smartattend_app, smartattend_operator;

commit;
