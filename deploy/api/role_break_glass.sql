-- Deploy smartattend:api/role_break_glass to pg
begin;
set local role smartattend_owner;

create function api.role_break_glass(
  key uuid, role text, reason text, unit_id uuid default null, minutes integer default 30, ticket text default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(role_break_glass.token);
  v_payload jsonb := jsonb_build_object(
    'role', role_break_glass.role, 'reason', role_break_glass.reason, 'unit_id', role_break_glass.unit_id, 'minutes', role_break_glass.minutes,
    'ticket', role_break_glass.ticket
  );
  v_outcome core.outcome;
  v_rule access.role_rule;
  v_request access.role_request;
  v_now timestamptz;
  v_level integer;
begin
  if core.is_reason(role_break_glass.reason) is not true then
    perform core.fail('SA013', coalesce(role_break_glass.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if core.is_code(role_break_glass.ticket) is false then
    perform core.fail('SA010', 'ticket ' || role_break_glass.ticket, 'a ticket, or null');
  end if;
  v_outcome := ledger.claim('role_break_glass', role_break_glass.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  select r.* into v_rule from access.role_rule as r where r.role = role_break_glass.role;
  if not found then
    perform core.fail('SA010', 'role ' || coalesce(role_break_glass.role, 'null'), 'a role of this platform (api.role_rule)');
  end if;
  if role_break_glass.unit_id is not null
    and not exists (select from tenancy.unit as u where u.tenant_id = v_actor.tenant_id and u.id = role_break_glass.unit_id)
  then
    perform core.fail('SA011', 'unit_id ' || role_break_glass.unit_id, 'a unit of this tenant');
  end if;
  if coalesce(role_break_glass.minutes not between 1 and 60, true) then
    perform core.fail('SA010', 'minutes ' || coalesce(role_break_glass.minutes::text, 'null'), '1 to 60');
  end if;
  v_outcome := access.lock_tenant();
  if v_outcome.code is not null then
    return access.refuse('role_break_glass', role_break_glass.key, v_payload, v_outcome);
  end if;
  v_now := core.clock();
  -- Who holds no role has no emergency here; and no emergency stands on another one.
  select max(o.level) into v_level
  from identity.role_grant as g
  inner join identity.role as o on o.role = g.role and o.level > 0
  left join access.role_request as q on q.tenant_id = g.tenant_id and q.id = g.request_id
  where g.tenant_id = v_actor.tenant_id and g.user_id = v_actor.user_id
    and g.starts_at <= v_now and g.ends_at > v_now and g.revoked_at is null
    and q.kind is distinct from 'break_glass';
  v_request := access.open_request(
    'break_glass', v_actor.user_id, role_break_glass.role, role_break_glass.unit_id, v_now, v_now + make_interval(mins => role_break_glass.minutes),
    role_break_glass.reason, role_break_glass.ticket, v_now
  );
  if v_rule.break_glass_max is null or make_interval(mins => role_break_glass.minutes) > v_rule.break_glass_max then
    v_outcome := core.refused(
      'SA146',
      jsonb_build_object(
        'observed', role_break_glass.minutes || ' minutes', 'expected', coalesce('at most ' || v_rule.break_glass_max, 'a role that may be taken in an emergency')
      )
    );
  elsif v_level is null then
    v_outcome := core.refused('SA104', jsonb_build_object('observed', 'a person without a role', 'expected', 'a role above level 0'));
  elsif access.levels_between(v_level, v_rule.role) > 0 then
    v_outcome := core.refused(
      'SA146', jsonb_build_object('observed', 'a role more than one step above those that are held', 'expected', 'the next step')
    );
  else
    v_outcome := access.grant_at_once(v_request);
  end if;
  if v_outcome.status = 'refused' then
    return access.refuse('role_break_glass', role_break_glass.key, v_payload, v_outcome, v_request);
  end if;
  perform access.queue_revalidation(
    'break_glass',
    array(select g from identity.role_grant as g where g.tenant_id = v_actor.tenant_id and g.id = (v_outcome.detail ->> 'grant_id')::uuid)
  );
  insert into access.alarm (tenant_id, severity, source, dedup_key, title, evidence)
  values (
    v_actor.tenant_id, 2, 'break_glass', 'break_glass:' || v_request.id, 'a role was taken in an emergency: ' || v_request.role, to_jsonb(v_request)
  );
  return core.finish(v_outcome, role_break_glass.key);
end $$;
comment on function api.role_break_glass(uuid, text, text, uuid, integer, text, text) is
  'Takes a role at once in an emergency, for up to 60 minutes and as long as its rule allows, by a member who holds the next lower role at least, not itself taken in an emergency; separation of duty holds. An alarm of severity 2 is raised, and another person has to review it: api.revalidation_decide. Errors SA001–SA006, SA010–SA013; refusals SA102, SA104, SA107, SA112, SA141–SA144, SA146.';
grant execute on function api.role_break_glass(uuid, text, text, uuid, integer, text, text) to smartattend_app;

commit;
