-- Deploy smartattend:access/grant_refusal to pg
begin;
set local role smartattend_owner;

create function access.live_grants(user_id uuid, unit_id uuid, now timestamptz)
returns setof identity.role_grant
language sql
stable
as $$
  select g.*
  from identity.role_grant as g
  where g.tenant_id = (select core.bound_tenant())
    and g.user_id = live_grants.user_id
    and g.starts_at <= live_grants.now
    and g.ends_at > live_grants.now
    and coalesce(g.revoked_at, 'infinity') > live_grants.now -- not "is null", which would choose the index of the exclusion constraint
    and (
      g.unit_id is null
      or g.unit_id = any (
        array(select unnest(u.ancestors) from tenancy.unit as u where u.tenant_id = (select core.bound_tenant()) and u.id = live_grants.unit_id)
      )
    )
$$;
comment on function access.live_grants(uuid, uuid, timestamptz) is
  'The live grants of a person that cover a unit: those for the whole tenant, for the unit and for what is above it. Without a unit only those for the whole tenant.';

create function access.holds_every_permission_of(user_id uuid, role text, unit_id uuid, now timestamptz)
returns boolean
language sql
stable
as $$
  with held as (
    select p.permission
    from access.live_grants(holds_every_permission_of.user_id, holds_every_permission_of.unit_id, holds_every_permission_of.now) as g
    inner join identity.role_permission as p on p.role = g.role
  )
  select exists (select from held as h where h.permission = 'role.escalate')
    or not exists (
      select from identity.role_permission as p
      where p.role = holds_every_permission_of.role and p.permission not in (select h.permission from held as h)
    )
$$;
comment on function access.holds_every_permission_of(uuid, text, uuid, timestamptz) is
  'Whether a person holds every permission of a role for a unit (or role.escalate): nobody gives what they do not have.';

create function access.approving_grant(user_id uuid, permission text, unit_id uuid, beneficiary_id uuid, now timestamptz)
returns uuid
language sql
stable
as $$
  select g.id
  from access.live_grants(approving_grant.user_id, approving_grant.unit_id, approving_grant.now) as g
  inner join identity.role_permission as p on p.role = g.role and p.permission = approving_grant.permission
  where g.granted_at <= approving_grant.now - interval '30 days'
    or approving_grant.beneficiary_id is null
    or (
      g.granted_by is distinct from approving_grant.beneficiary_id
      and not exists (
        select from access.role_approval as a
        where a.tenant_id = g.tenant_id and a.request_id = g.request_id and a.approver_id = approving_grant.beneficiary_id
      )
    )
  order by g.granted_at
  limit 1
$$;
comment on function access.approving_grant(uuid, text, uuid, uuid, timestamptz) is
  'The live grant by which a person may approve for a beneficiary: one that the beneficiary (null: nobody yet) has not given them in the last 30 days. Null: none.';

create function access.granter_refusal(user_id uuid, role text, unit_id uuid, beneficiary_id uuid, now timestamptz)
returns core.outcome
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_permission text;
begin
  select r.approver_permission into v_permission from access.role_rule as r where r.role = granter_refusal.role;
  if access.approving_grant(
    granter_refusal.user_id, v_permission, granter_refusal.unit_id, granter_refusal.beneficiary_id, granter_refusal.now
  ) is null then
    return core.refused(
      'SA104',
      jsonb_build_object(
        'observed', 'whoever grants does not hold ' || v_permission || ' now, or has it from the beneficiary',
        'expected', v_permission || ' in this scope, not given by the beneficiary in the last 30 days'
      )
    );
  elsif not access.holds_every_permission_of(granter_refusal.user_id, granter_refusal.role, granter_refusal.unit_id, granter_refusal.now) then
    return core.refused(
      'SA147',
      jsonb_build_object(
        'observed', granter_refusal.role, 'expected', 'a role of permissions that whoever grants it holds in this scope'
      )
    );
  end if;
  return null;
end $$;
comment on function access.granter_refusal(uuid, text, uuid, uuid, timestamptz) is
  'What speaks against a person who would grant or approve a role, or null. Codes SA104, SA147.';

create function access.levels_between(level integer, role text)
returns bigint
language sql
stable
as $$
  select count(distinct o.level)
  from identity.role as wanted
  inner join identity.role as o on o.platform = wanted.platform and o.level > levels_between.level and o.level < wanted.level
  where wanted.role = levels_between.role
    and not exists (
      select from access.separation as s
      inner join access.separation as e on e.separation = s.separation and e.role = o.role
      where s.role = wanted.role
    )
$$;
comment on function access.levels_between(integer, text) is
  'How many levels of roles lie between a level and a role, without those of roles that separation of duty excludes together with it: nobody comes to a role over what they would have to give up for it. 0: it is the next step.';

create function access.grant_refusal(request access.role_request, approvers uuid[], now timestamptz)
returns core.outcome
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule access.role_rule;
  v_observed text;
  v_expected text;
  v_code text;
  v_holders bigint;
  v_approver uuid;
  v_refusal core.outcome;
  v_platform text;
begin
  select r.* into v_rule from access.role_rule as r where r.role = (grant_refusal.request).role;
  select t.platform into v_platform from tenancy.tenant as t where t.tenant_id = (grant_refusal.request).tenant_id;
  if v_rule.role is null or not v_rule.is_enabled
    or not exists (select from identity.role as r where r.role = (grant_refusal.request).role and r.platform = v_platform)
  then
    v_code := 'SA146';
    v_observed := (grant_refusal.request).role;
    v_expected := 'a role of this platform whose rule is enabled';
  elsif not exists (
    select from identity.membership as m
    where m.tenant_id = (grant_refusal.request).tenant_id and m.user_id = (grant_refusal.request).beneficiary_id
      and (m.active_from <= grant_refusal.now or m.active_from = 'infinity') -- the latter waits for its first role: access.request_membership
      and coalesce(m.active_until, 'infinity') > grant_refusal.now
  ) then
    v_code := 'SA146';
    v_observed := 'a membership that does not hold now';
    v_expected := 'an active member';
  elsif (grant_refusal.request).ends_at > greatest((grant_refusal.request).starts_at, grant_refusal.now) + v_rule.max_duration then
    v_code := 'SA146';
    v_observed := 'until ' || (grant_refusal.request).ends_at;
    v_expected := 'at most ' || v_rule.max_duration;
  end if;
  if v_code is null then
    select string_agg(distinct format('%s (%s)', g.role, o.separation), ', ') into v_observed
    from access.separation as s
    inner join access.separation as o on o.separation = s.separation and o.role <> s.role
    inner join identity.role_grant as g on g.role = o.role
    where s.role = (grant_refusal.request).role
      and g.tenant_id = (grant_refusal.request).tenant_id
      and g.user_id = (grant_refusal.request).beneficiary_id
      and coalesce(g.revoked_at, 'infinity') > grant_refusal.now
      and g.starts_at < (grant_refusal.request).ends_at
      and g.ends_at > greatest((grant_refusal.request).starts_at, grant_refusal.now);
    if v_observed is not null then
      v_code := 'SA141';
      v_expected := 'a person without these roles';
    end if;
  end if;
  if v_code is null and v_rule.max_holders is not null then
    select count(distinct g.user_id) into v_holders
    from identity.role_grant as g
    where g.tenant_id = (grant_refusal.request).tenant_id
      and g.role = (grant_refusal.request).role
      and g.user_id <> (grant_refusal.request).beneficiary_id
      and coalesce(g.revoked_at, 'infinity') > grant_refusal.now
      and g.ends_at > grant_refusal.now;
    if v_holders >= v_rule.max_holders then
      v_code := 'SA142';
      v_observed := v_holders || ' holders';
      v_expected := 'at most ' || v_rule.max_holders;
    end if;
  end if;
  if v_code is null and v_rule.prerequisite is not null and not exists (
    select from identity.role_grant as g
    where g.tenant_id = (grant_refusal.request).tenant_id
      and g.user_id = (grant_refusal.request).beneficiary_id
      and g.role = v_rule.prerequisite
      and g.starts_at <= grant_refusal.now and g.ends_at > grant_refusal.now
      and coalesce(g.revoked_at, 'infinity') > grant_refusal.now
  ) then
    v_code := 'SA143';
    v_observed := 'without the role ' || v_rule.prerequisite;
    v_expected := 'a holder of ' || v_rule.prerequisite;
  end if;
  if v_code is null and v_rule.cool_down > interval '0' and exists (
    select from identity.role_grant as g
    where g.tenant_id = (grant_refusal.request).tenant_id
      and g.user_id = (grant_refusal.request).beneficiary_id
      and g.role = (grant_refusal.request).role
      and least(coalesce(g.revoked_at, 'infinity'), g.ends_at) <= grant_refusal.now
      and least(coalesce(g.revoked_at, 'infinity'), g.ends_at) > grant_refusal.now - v_rule.cool_down
  ) then
    v_code := 'SA144';
    v_observed := 'a grant that ended just now';
    v_expected := v_rule.cool_down || ' between two grants';
  end if;
  if v_code is null and exists (
    select from identity.role_grant as g
    where g.tenant_id = (grant_refusal.request).tenant_id
      and g.user_id = (grant_refusal.request).beneficiary_id
      and g.role = (grant_refusal.request).role
      and g.unit_id is not distinct from (grant_refusal.request).unit_id
      and g.revoked_at is null
      and g.starts_at < (grant_refusal.request).ends_at
      and g.ends_at > greatest((grant_refusal.request).starts_at, grant_refusal.now)
  ) then
    v_code := 'SA112';
    v_observed := 'the role is held already';
    v_expected := 'a role, scope and time that the person does not have yet';
  end if;
  if v_code is null then
    foreach v_approver in array grant_refusal.approvers loop
      v_refusal := access.granter_refusal(
        v_approver, (grant_refusal.request).role, (grant_refusal.request).unit_id, (grant_refusal.request).beneficiary_id, grant_refusal.now
      );
      if v_refusal.code is not null then
        return v_refusal;
      end if;
    end loop;
  end if;
  if v_code is null then
    return null;
  end if;
  return core.refused(v_code, jsonb_build_object('observed', v_observed, 'expected', v_expected));
end $$;
comment on function access.grant_refusal(access.role_request, uuid[], timestamptz) is
  'What speaks against a request now, or null: the rule (enabled, duration), the membership, separation of duty, cardinality, prerequisite, cool-down, a grant that is there already, and of each of those who grant it that they still may and hold every permission of the role. Asked when something is decided and again when it comes into effect, under the lock of the tenant''s row. Codes SA104, SA112, SA141 to SA144, SA146, SA147.';

create function access.note_refusal(refusal core.outcome, request access.role_request)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_rule text := case (note_refusal.refusal).code
    when 'SA105' then case
      when (note_refusal.request).kind = 'direct' and v_actor.user_id = (note_refusal.request).beneficiary_id then 'E01'
      else 'E04'
    end
    when 'SA141' then 'E05'
    when 'SA145' then 'E20'
    when 'SA147' then 'E02'
  end;
begin
  if v_rule is not null and (note_refusal.request).id is not null then
    perform access.note(
      v_rule,
      -- who tries to approve for another, or removes one, is the person that it is about
      case v_rule when 'E05' then (note_refusal.request).beneficiary_id else v_actor.user_id end,
      format('%s %s %s %s', (note_refusal.request).beneficiary_id, (note_refusal.request).role, (note_refusal.request).unit_id, v_actor.user_id),
      jsonb_build_object('code', (note_refusal.refusal).code, 'detail', (note_refusal.refusal).detail, 'request', to_jsonb(note_refusal.request))
    );
  end if;
end $$;
comment on function access.note_refusal(core.outcome, access.role_request) is
  'A refusal about a request (null: about something else) that looks like an attempt leaves its escalation event (E01, E02, E04, E05, E20), committed with it.';

create function access.refuse(command text, key uuid, payload jsonb, refusal core.outcome, request access.role_request default null)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform access.note_refusal(refuse.refusal, refuse.request);
  return core.finish(ledger.refuse(refuse.command, refuse.key, refuse.payload, refuse.refusal), refuse.key);
end $$;
comment on function access.refuse(text, uuid, jsonb, core.outcome, access.role_request) is
  'The last step of a command about roles that is refused: the refusal is kept, and what looks like an attempt is an escalation event.';

commit;
