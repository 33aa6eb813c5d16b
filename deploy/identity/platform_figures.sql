-- Deploy smartattend:identity/platform_figures to pg
begin;
set local role smartattend_session;

create function identity.platform_figures()
returns table (tile text, value numeric, detail jsonb)
language plpgsql
stable
security definer
rows 20
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
begin
  if (core.actor()).kind is distinct from 'platform' then
    perform core.fail('SA104', 'no platform session is bound', 'a platform session');
  end if;
  return query
  select 'tenants'::text, sum(s.number), jsonb_object_agg(s.state, s.number)
  from (
    select t.state, count(d.tenant_id) as number
    from core.state as t
    left join tenancy.tenant as d on d.state = t.state
    where t.machine = 'tenant'
    group by t.state
  ) as s
  union all
  select 'platform_sessions', count(*)::numeric, coalesce(jsonb_object_agg(s.login, s.created_at), '{}')
  from identity.live_platform_sessions() as s
  union all
  select
    case k.kind when 'impersonation' then 'impersonations' else k.kind end, count(l.id)::numeric,
    coalesce(
      jsonb_agg(jsonb_build_object('tenant_id', a.tenant_id, 'id', a.id, 'person', a.person, 'expires_at', l.expires_at)) filter (where l.id is not null),
      '[]'
    )
  from (values ('impersonation'), ('break_glass')) as k (kind)
  left join identity.support_access as a on a.kind = k.kind and a.begun_at > v_now - interval '60 minutes'
  left join identity.login_session as l
    on l.tenant_id = a.tenant_id and l.id = a.id
    and identity.is_live(l.expires_at, l.idle_timeout, l.last_seen_at, l.revoked_at, v_now)
    and identity.is_behind(l.platform_user_id, l.platform_session_id, v_now)
  group by k.kind
  union all
  select
    'break_glass_awaiting_review', count(*)::numeric,
    coalesce((jsonb_agg(jsonb_build_object('tenant_id', a.tenant_id, 'id', a.id, 'person', a.person, 'begun_at', a.begun_at) order by a.begun_at)), '[]')
  from identity.support_access as a
  where a.kind = 'break_glass'
    and not exists (select from identity.support_review as r where r.tenant_id = a.tenant_id and r.access_id = a.id)
  union all
  select 'platform_actions_24h', coalesce(sum(c.number), 0), coalesce(jsonb_object_agg(c.command, c.number), '{}')
  from (
    select a.command, count(*) as number
    from identity.platform_action as a
    where a.recorded_at > v_now - interval '24 hours' and a.status = 'accepted'
    group by a.command
  ) as c
  union all
  select 'platform_refusals_24h', coalesce(sum(c.number), 0), coalesce(jsonb_object_agg(c.code, c.number), '{}')
  from (
    select a.code, count(*) as number
    from identity.platform_action as a
    where a.recorded_at > v_now - interval '24 hours' and a.status = 'refused'
    group by a.code
  ) as c
  union all
  select 'platform_people', (select count(distinct g.user_id) from identity.platform_grant as g
    where g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now)::numeric, jsonb_object_agg(r.role, r.people)
  from (
    select n.role, array(
      select u.login
      from identity.platform_grant as g
      inner join identity."user" as u on u.id = g.user_id
      where g.role = n.role and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now
      order by u.login
    ) as people
    from identity.role as n
    where n.platform = 'platform'
  ) as r;
end $$;
comment on function identity.platform_figures() is
  'Figures across tenants for a bound platform session: tenants by state, sessions, impersonations, broken glass, actions of 24 hours, people. What they read grows with tenants and with the platform''s own work, never with attendance. Error SA104.';
grant execute on function identity.platform_figures() to smartattend_owner;

commit;
