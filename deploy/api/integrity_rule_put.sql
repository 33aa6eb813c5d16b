-- Deploy smartattend:api/integrity_rule_put to pg
begin;
set local role smartattend_owner;

create function api.integrity_rule_put(
  key uuid, rule text, reason text, is_enabled boolean default null, parameters jsonb default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(integrity_rule_put.token);
  v_payload jsonb := jsonb_build_object(
    'rule', integrity_rule_put.rule,
    'is_enabled', integrity_rule_put.is_enabled,
    'parameters', integrity_rule_put.parameters,
    'reason', integrity_rule_put.reason
  );
  v_outcome core.outcome;
  v_before jsonb;
  v_after jsonb;
begin
  if not exists (select from integrity.rule as r where r.rule = integrity_rule_put.rule) then
    perform core.fail('SA011', 'rule ' || coalesce(left(integrity_rule_put.rule, 64), 'null'), 'a rule of api.integrity_rule');
  end if;
  if integrity_rule_put.is_enabled is null and integrity_rule_put.parameters is null then
    perform core.fail('SA012', 'is_enabled and parameters are null', 'one of them, or both');
  end if;
  if jsonb_typeof(integrity_rule_put.parameters) <> 'object' or integrity_rule_put.parameters = '{}' then
    perform core.fail('SA010', 'parameters: ' || left(integrity_rule_put.parameters::text, 64), 'a JSON object of parameters and their values');
  end if;
  if core.is_reason(integrity_rule_put.reason) is not true then
    perform core.fail('SA013', coalesce(left(integrity_rule_put.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_outcome := ledger.claim('integrity_rule_put', integrity_rule_put.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if not identity.holds('setting.manage') then
    v_outcome := core.refused('SA104', jsonb_build_object('expected', 'setting.manage'));
  elsif core.bound_tenant('administration_write') is null then
    v_outcome := core.refused('SA107');
  end if;
  if v_outcome.status is not null then
    return core.finish(ledger.refuse('integrity_rule_put', integrity_rule_put.key, v_payload, v_outcome), integrity_rule_put.key);
  end if;

  -- A row that says nothing is what no row says; whoever puts at the same time waits for it.
  insert into integrity.rule_setting (tenant_id, rule)
  values (v_actor.tenant_id, integrity_rule_put.rule)
  on conflict on constraint rule_setting_pkey do nothing;
  perform
  from integrity.rule_setting as s
  where s.tenant_id = v_actor.tenant_id and s.rule = integrity_rule_put.rule
  for no key update;
  v_before := integrity.rule_as_tuned(integrity_rule_put.rule);
  -- What does not fit the rule's parameters raises SA010 (integrity.check_rule_setting).
  update integrity.rule_setting as s
  set is_enabled = coalesce(integrity_rule_put.is_enabled, s.is_enabled),
    parameters = s.parameters || coalesce(integrity_rule_put.parameters, '{}')
  where s.tenant_id = v_actor.tenant_id and s.rule = integrity_rule_put.rule;
  v_after := integrity.rule_as_tuned(integrity_rule_put.rule);
  return core.finish(
    core.accepted(
      null, null,
      jsonb_build_object(
        'rule', integrity_rule_put.rule,
        'reason', integrity_rule_put.reason,
        'before', (
          select coalesce(jsonb_object_agg(b.name, b.value), '{}')
          from jsonb_each(v_before) as b (name, value)
          where b.value is distinct from v_after -> b.name
        ),
        'after', (
          select coalesce(jsonb_object_agg(a.name, a.value), '{}')
          from jsonb_each(v_after) as a (name, value)
          where a.value is distinct from v_before -> a.name
        )
      )
    ),
    integrity_rule_put.key
  );
end $$;
comment on function api.integrity_rule_put(uuid, text, text, boolean, jsonb, text) is
  'Tunes an integrity rule of the tenant: turns it on or off, changes parameters, named as in api.integrity_rule: {"speed": 800}. Null, and a parameter that is not named, stays as it is. Answers what was changed as detail {rule, reason, before, after}, which stays on record: a blocking rule may be turned off, too. A rule that is off raises no flags, from the capture or a scan; what is flagged already stays so, and once it is on again it judges what is new. But the capture holds a record for F09, F10, F11, F17 and F20 whether they are on or off: without a flag, api.attendance_transition clears or upholds it. For who holds setting.manage. Errors SA001 to SA006, SA010 to SA013; refusals SA102, SA104, SA107.';
grant execute on function api.integrity_rule_put(uuid, text, text, boolean, jsonb, text) to smartattend_app;

commit;
