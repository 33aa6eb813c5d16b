-- Deploy smartattend:api/put_members to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, meaning) values
  ('member', 'member_number', 1, 'code', true, true, null, 'unique in the tenant'),
  ('member', 'kind', 2, 'word', false, true, '{student,guardian,faculty,staff,employee,manager,hr}', 'a school has student, guardian, faculty and staff; a company employee, manager and hr'),
  ('member', 'display_name', 3, 'name', false, true, null, 'what people call the person here'),
  ('member', 'login', 4, 'login', false, false, null, 'the account, platform-wide; by default <tenant>.<member number> in lower case; it stays what it is'),
  ('member', 'active_from', 5, 'date', false, false, null, 'the first day as a member; by default now, later what it was'),
  ('member', 'active_until', 6, 'date', false, false, null, 'the first day no longer as a member'),
  ('member', 'role', 7, 'code', false, false, null, 'a role to grant besides those that are held'),
  ('member', 'role_unit', 8, 'path', false, false, null, 'the unit for which the role is granted; by default the whole tenant');

create function api.put_members(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_members.token);
  v_barred jsonb := identity.begin_put('administration_write', 'member.manage');
  v_may_grant boolean := identity.holds('role.grant');
  -- Behind broken glass the platform makes the next administrator; the access has its reason, its ticket and its review.
  v_kind text := case v_actor.kind when 'break_glass' then 'bootstrap' else 'direct' end;
  v_now timestamptz := core.clock();
  v_tenant tenancy.tenant;
  v_outcomes core.batch_outcome[];
  v_requests access.role_request[];
  v_attempts access.role_request[];
  v_codes text[];
begin
  select t.* into v_tenant from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id;

  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.member_number,
      x.kind,
      x.display_name,
      d.login,
      d.active_from,
      d.active_until,
      x.role,
      u.id as unit_id,
      m.user_id as present_id,
      m.active_from as present_from,
      g.is_held,
      coalesce(
        v_barred,
        e.fault,
        case
          when (v_tenant.platform = 'school') <> (x.kind = any ('{student,guardian,faculty,staff}'))
          then core.fault('SA010', 'kind', x.kind, 'a kind of member that a ' || v_tenant.platform || ' tenant has')
          when m.user_id is null and d.login !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$'
          then core.fault('SA012', 'login', 'null', 'a login, since this member number cannot be part of one')
          when x.login <> l.login then core.fault('SA112', 'login', x.login, 'the present login')
          when d.active_until <= coalesce(d.active_from, m.active_from, v_now)
          then core.fault('SA010', 'active_until', x.active_until::text, 'a day after active_from')
          when x.role_unit is not null and x.role is null then core.fault('SA012', 'role', 'null', 'a role with the role_unit')
          when x.role_unit is not null and u.id is null
          then core.fault('SA011', 'role_unit', x.role_unit, '"<site code>/<code>" of a unit of this tenant')
          when x.role is not null and r.role is null then core.fault('SA010', 'role', x.role, 'a role of the platform ' || v_tenant.platform)
          when x.role is null or g.is_held then null
          when not v_may_grant and not (u.id is not null and identity.holds('role.grant', u.id)) then identity.scope_fault('role.grant')
          when m.user_id = v_actor.user_id then core.fault('SA105', 'role', x.role, 'another person who grants it')
          when a.min_approvals > 0 and v_kind = 'direct' then core.fault('SA140', 'role', x.role, 'a role whose rule asks for no approval')
          when s.excludes && array_agg(x.role) over earlier then core.fault('SA141', 'role', x.role, 'a person without the roles of earlier entries')
          when f.code is not null then core.fault(f.code, 'role', f.detail ->> 'observed', f.detail ->> 'expected')
        end
      ) as fault,
      (m.kind, m.display_name, m.active_from, m.active_until)
      is not distinct from
      (x.kind, x.display_name, coalesce(d.active_from, m.active_from), d.active_until) as is_same
    from core.read_entries('member', put_members.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      member_number text, kind text, display_name text, login text, active_from date, active_until date, role text, role_unit text
    )
    cross join lateral (
      select
        coalesce(x.login, lower(v_tenant.slug || '.' || x.member_number)) as login,
        case when x.active_from is not null then core.local_instant(x.active_from, v_tenant.time_zone, 'start') end as active_from,
        case when x.active_until is not null then core.local_instant(x.active_until, v_tenant.time_zone, 'start') end as active_until,
        split_part(x.role_unit, '/', 1) as role_site,
        substr(x.role_unit, strpos(x.role_unit, '/') + 1) as role_code
      offset 0
    ) as d
    left join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.member_number = x.member_number
    left join lateral (
      select a.login
      from identity."user" as a
      where a.id = m.user_id and x.login is not null
      limit 1
    ) as l on true
    left join identity.role as r on r.role = x.role and r.platform = v_tenant.platform
    left join lateral (
      select u.id
      from tenancy.site as s
      inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.site_id = s.id
      where s.tenant_id = v_actor.tenant_id
        and s.code = d.role_site
        and u.code = d.role_code
      limit 1
    ) as u on x.role_unit is not null
    left join lateral (
      select exists (
        select from identity.role_grant as h
        where h.tenant_id = m.tenant_id
          and h.user_id = m.user_id
          and h.role = x.role
          and h.unit_id is not distinct from u.id
          and h.revoked_at is null
          and h.ends_at > v_now
      ) as is_held
    ) as g on m.user_id is not null and x.role is not null
    left join access.role_rule as a on a.role = r.role and g.is_held is not true
    left join lateral (
      select array_agg(o.role) as excludes
      from access.separation as p
      inner join access.separation as o on o.separation = p.separation and o.role <> p.role
      where p.role = a.role
    ) as s on a.role is not null
    left join lateral (
      -- Who becomes a member now has nothing yet that could speak against it.
      select q.*
      from access.granter_refusal(v_actor.user_id, a.role, u.id, null, v_now) as q
      where m.user_id is null and v_kind = 'direct'
      union all
      select q.*
      from access.grant_refusal(
        access.open_request(v_kind, m.user_id, a.role, u.id, null, null, null, null, v_now),
        case v_kind when 'direct' then array[v_actor.user_id] else '{}'::uuid[] end, v_now
      ) as q
      where m.user_id is not null
    ) as f on a.role is not null
    window earlier as (partition by x.member_number order by e.ordinal rows between unbounded preceding and 1 preceding)
  ), judged as materialized (
    select
      e.*,
      first_value(e.member_number) over (
        partition by e.fault is null, e.present_id is null, e.login order by e.ordinal
      ) as first_with_login,
      core.put_change(
        e.fault, row_number() over same,
        first_value(e.value - '{role,role_unit}'::text[]) over same = e.value - '{role,role_unit}'::text[],
        e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.member_number order by e.ordinal)
  ), account as materialized (
    select a.login, a.user_id
    from identity.ensure_users(array(select j.login from judged as j where j.change = 'created')) as a
  ), settled as materialized (
    select
      j.*,
      coalesce(j.present_id, a.user_id) as id,
      j.present_id is null and (h.user_id is not null or j.first_with_login <> j.member_number) as has_taken_login,
      row_number() over (
        partition by j.change in ('faulty', 'contradicted'), j.member_number, j.role, j.unit_id order by j.ordinal
      ) as grant_turn
    from judged as j
    left join account as a on a.login = j.login
    left join identity.membership as h on h.tenant_id = v_actor.tenant_id and h.user_id = a.user_id
  ), final as materialized (
    select
      s.*,
      g.is_granted,
      case
        when s.has_taken_login and s.fault is null then 'faulty'
        when s.change in ('same', 'repeated') and g.is_granted then 'changed'
        else s.change
      end as verdict,
      case
        when s.has_taken_login and s.fault is null then core.fault('SA112', 'login', s.login, 'a login that no other member has')
        else s.fault
      end as final_fault
    from settled as s
    cross join lateral (
      select s.role is not null
        and s.is_held is not true
        and s.grant_turn = 1
        and s.change not in ('faulty', 'contradicted')
        and not s.has_taken_login as is_granted
    ) as g
  ), member as (
    insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from, active_until)
    select
      v_actor.tenant_id, f.id, f.member_number, f.kind, f.display_name, coalesce(f.active_from, f.present_from, v_now), f.active_until
    from final as f
    where f.change in ('created', 'changed') and f.verdict <> 'faulty'
    on conflict on constraint membership_pkey do update set
      kind = excluded.kind,
      display_name = excluded.display_name,
      active_from = excluded.active_from,
      active_until = excluded.active_until
  ), request as (
    select f.ordinal, f.is_granted, f.final_fault ->> 'code' as code, q as wanted
    from final as f
    cross join lateral access.open_request(v_kind, f.id, f.role, f.unit_id, null, null, null, null, v_now) as q
    where f.is_granted or f.final_fault ->> 'code' in ('SA105', 'SA141', 'SA147')
  )
  select
    (select array_agg(core.put_outcome(f.ordinal, f.key, f.verdict, f.final_fault, f.id) order by f.ordinal) from final as f),
    (select array_agg(r.wanted order by r.ordinal) from request as r where r.is_granted),
    (select array_agg(r.wanted order by r.ordinal) from request as r where not r.is_granted),
    (select array_agg(r.code order by r.ordinal) from request as r where not r.is_granted)
  into v_outcomes, v_requests, v_attempts, v_codes;
  if v_requests is not null then
    perform access.grant_all(v_requests, v_now);
  end if;
  for v_attempt in 1 .. coalesce(cardinality(v_codes), 0) loop
    perform access.note_refusal(core.refused(v_codes[v_attempt]), v_attempts[v_attempt]);
  end loop;

  return query
  select o.* from identity.finish_put('put_members', v_outcomes) as o;
end $$;
comment on function api.put_members(jsonb, text) is
  'Adds or changes members, with their accounts, and grants roles; the format of the entries is core.entry_field''s ''member'', the natural key the member number; the outcome''s id is the person''s user_id, which is the subject_id of attendance. Several entries with the same member and different roles grant them all; no role is taken away. An account that exists on the platform becomes a member, too, without a sign of where else it is one. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA105, SA107, SA112, SA140 to SA144, SA146, SA147). Permission member.manage for the whole tenant, with a role also role.grant for its scope; nobody grants a role to oneself, nor one whose rule asks for approvals (api.role_request). Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_members(jsonb, text) to smartattend_app;

commit;
