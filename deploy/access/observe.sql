-- Deploy smartattend:access/observe to pg
begin;
set local role smartattend_owner;

create table access.observed (
  tenant_id uuid not null,
  until timestamptz not null,
  constraint observed_pkey primary key (tenant_id),
  constraint observation_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id)
);
comment on table access.observed is 'How far the history of grants was looked through for escalation.';
alter table access.observed enable row level security;
alter table access.observed force row level security;
create policy owner_keeps_the_bound_tenant on access.observed
for all to smartattend_owner
using (tenant_id = (select core.bound_tenant()))
with check (tenant_id = (select core.bound_tenant()));

create function access.observe(now timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := core.bound_tenant();
  v_zone text;
  v_high text[];
  v_from timestamptz;
  v_events bigint;
begin
  select t.time_zone, array(select o.role from identity.role as o where o.platform = t.platform and access.levels_between(0, o.role) >= 1)
  into v_zone, v_high
  from tenancy.tenant as t
  where t.tenant_id = v_tenant_id;
  -- What commits late is seen an hour later at most: a transaction that takes longer is not one of these commands. Nothing is noted twice.
  select o.until - interval '1 hour' into v_from from access.observed as o where o.tenant_id = v_tenant_id;
  v_from := coalesce(v_from, '-infinity');

  with recent as materialized (
    select h.*, o.level, q.ticket, q.kind as request_kind
    from access.grant_history as h
    inner join identity.role as o on o.role = h.role
    left join access.role_request as q on q.tenant_id = h.tenant_id and q.id = h.request_id
    where h.tenant_id = v_tenant_id and h.recorded_at >= v_from
  ), granted as materialized (
    select r.* from recent as r where r.change = 'granted'
  ), live as materialized (
    select g.*, o.level
    from identity.role_grant as g
    inner join identity.role as o on o.role = g.role
    where g.tenant_id = v_tenant_id and g.revoked_at is null and g.starts_at <= observe.now and g.ends_at > observe.now
  ), seen as (
    -- Also when the trigger that notes it was away: no active request, or an approval that no session of the approver made.
    select 'E03' as rule, l.user_id, null::uuid as actor_id, l.id as grant_id, l.id || ' has no request' as dedupe_key,
      jsonb_build_object('role', l.role, 'granted_at', l.granted_at, 'database_user', l.database_user) as evidence
    from live as l
    left join access.role_request as q on q.tenant_id = l.tenant_id and q.id = l.request_id and q.state = 'active'
      and q.beneficiary_id = l.user_id and q.role = l.role and q.unit_id is not distinct from l.unit_id
    where q.id is null
    union all
    select 'E03', a.beneficiary_id, a.approver_id, r.grant_id, r.grant_id || ' approved by ' || a.id,
      jsonb_build_object('approval', a.id, 'session_id', a.session_id, 'database_user', a.database_user)
    from granted as r
    inner join access.role_approval as a on a.tenant_id = r.tenant_id and a.request_id = r.request_id
    where not identity.is_session_of(a.session_id, a.approver_id, a.recorded_at)
    union all
    select 'E06', null, null, null, to_char(observe.now at time zone v_zone, 'YYYY-MM'),
      jsonb_build_object('holders', c.holders, 'members', c.members)
    from (
      select
        (select count(distinct l.user_id) from live as l where l.level >= 80) as holders,
        (select count(*) from identity.membership as m where m.tenant_id = v_tenant_id and coalesce(m.active_until, 'infinity') > observe.now) as members
    ) as c
    where c.holders > greatest(5, c.members * 0.05)
    union all
    select 'E07', l.user_id, null, l.id, l.id || to_char(observe.now at time zone v_zone, ' YYYY-MM'),
      jsonb_build_object('role', l.role, 'granted_at', l.granted_at)
    from live as l
    where l.level >= 40 and l.granted_at <= observe.now - interval '30 days'
      and not identity.was_seen(l.user_id, observe.now - interval '30 days', observe.now)
    union all
    select 'E08', a.approver_id, a.approver_id, g.id, a.id::text,
      jsonb_build_object('decided_at', a.recorded_at, 'starts_at', g.starts_at, 'ends_at', g.ends_at, 'revoked_at', g.revoked_at)
    from access.role_approval as a
    inner join identity.role_grant as g on g.tenant_id = a.tenant_id and g.id = a.approver_grant_id
    where a.tenant_id = v_tenant_id and a.recorded_at >= v_from
      and (a.recorded_at < g.starts_at or a.recorded_at >= least(g.ends_at, coalesce(g.revoked_at, 'infinity')))
    union all
    select 'E09', r.user_id, r.actor_id, r.grant_id, r.grant_id || ' held briefly',
      jsonb_build_object('role', r.role, 'granted_at', b.recorded_at, 'revoked_at', r.recorded_at)
    from recent as r
    inner join access.grant_history as b on b.tenant_id = r.tenant_id and b.grant_id = r.grant_id and b.change = 'granted'
    where r.change = 'revoked' and r.level >= 40 and r.recorded_at < b.recorded_at + interval '15 minutes'
    union all
    select 'E09', r.user_id, (array_agg(r.actor_id order by r.recorded_at))[1], null,
      format('%s %s %s', r.user_id, r.role, (r.recorded_at at time zone v_zone)::date), jsonb_build_object('role', r.role, 'activations', count(*))
    from access.grant_history as r
    inner join identity.role as o on o.role = r.role
    where r.tenant_id = v_tenant_id and r.recorded_at >= v_from - interval '1 day' and r.change = 'granted' and o.level >= 40
    group by r.user_id, r.role, (r.recorded_at at time zone v_zone)::date
    having count(*) >= 3
    union all
    select 'E10', r.user_id, r.actor_id, r.grant_id, r.grant_id::text, jsonb_build_object('role', r.role, 'member_since', m.created_at)
    from granted as r
    inner join identity.membership as m on m.tenant_id = r.tenant_id and m.user_id = r.user_id
    where r.level >= 40 and m.created_at <= r.recorded_at - interval '60 days'
      and not identity.was_seen(r.user_id, r.recorded_at - interval '60 days', r.recorded_at - interval '1 day')
    union all
    -- The first role of a new member is no jump.
    select 'E11', r.user_id, r.actor_id, r.grant_id, r.grant_id::text, jsonb_build_object('role', r.role, 'steps', b.between + 1)
    from granted as r
    inner join identity.membership as m on m.tenant_id = r.tenant_id and m.user_id = r.user_id
    cross join lateral (
      select access.levels_between(coalesce(max(o.level), 0), r.role) as between
      from identity.role_grant as g
      inner join identity.role as o on o.role = g.role
      where g.tenant_id = r.tenant_id and g.user_id = r.user_id and g.id <> r.grant_id and g.granted_at < r.recorded_at
        and coalesce(g.revoked_at, 'infinity') > r.recorded_at and g.ends_at > r.recorded_at
    ) as b
    where r.role = any (v_high) and b.between >= 1 and r.source <> 'bootstrap' and m.created_at < r.recorded_at - interval '1 day'
    union all
    select 'E12', r.user_id, r.actor_id, r.grant_id, r.grant_id::text, jsonb_build_object('role', r.role, 'source', r.source)
    from granted as r
    where r.source <> 'bootstrap' and r.actor_id is not null and r.ticket is null
      and not exists (select from identity.membership as m where m.tenant_id = r.tenant_id and m.user_id = r.actor_id)
    union all
    select 'E13', r.user_id, r.actor_id, r.grant_id, r.grant_id::text,
      jsonb_build_object('role', r.role, 'local_time', (r.recorded_at at time zone v_zone)::text)
    from granted as r
    where r.level >= 80 and r.source <> 'bootstrap'
      and (
        extract(isodow from r.recorded_at at time zone v_zone) >= 6
        or extract(hour from r.recorded_at at time zone v_zone) not between 6 and 21
      )
    union all
    select 'E14', r.user_id, r.actor_id, r.grant_id, r.grant_id::text, jsonb_build_object('role', r.role, 'account_since', u.created_at)
    from granted as r
    inner join identity."user" as u on u.id = r.user_id
    where r.level >= 80 and r.source <> 'bootstrap' and u.created_at > r.recorded_at - interval '24 hours'
    union all
    select 'E18', c.user_id, null, c.grant_id, c.id::text, jsonb_build_object('due_at', c.due_at, 'action', c.overdue_action)
    from access.revalidation as c
    where c.tenant_id = v_tenant_id and c.state = 'overdue'
    union all
    select 'E19', null, w.actor_id, null, format('%s %s', w.actor_id, (min(w.recorded_at) at time zone v_zone)::date),
      jsonb_build_object('grants', max(w.grants), 'first_at', min(w.recorded_at))
    from (
      select r.actor_id, r.recorded_at, count(*) over (
        partition by r.actor_id order by r.recorded_at range between interval '10 minutes' preceding and current row
      ) as grants
      from granted as r
      where r.level >= 40 and r.actor_id is not null
    ) as w
    where w.grants > 20
    group by w.actor_id
  )
  insert into access.escalation_event (tenant_id, rule, user_id, actor_id, grant_id, evidence, dedupe_key, observed_at)
  select v_tenant_id, s.rule, s.user_id, s.actor_id, s.grant_id, s.evidence, s.dedupe_key, observe.now
  from seen as s
  on conflict on constraint nothing_is_observed_twice do nothing;
  get diagnostics v_events = row_count;
  -- An event makes the grant be looked at, too.
  perform access.queue_revalidation(
    'escalation',
    array(
      select g
      from access.escalation_event as e
      inner join identity.role_grant as g on g.tenant_id = e.tenant_id and g.id = e.grant_id
      where e.tenant_id = v_tenant_id and e.state = 'open' and e.observed_at >= v_from and g.revoked_at is null and g.ends_at > observe.now
        and e.rule not in ('E07', 'E18')
    )
  );
  insert into access.observed (tenant_id, until) values (v_tenant_id, observe.now)
  on conflict on constraint observed_pkey do update set until = excluded.until;
  return v_events;
end $$;
comment on function access.observe(timestamptz) is
  'Looks for escalation in what changed since the last look, and in what is in effect now, all rules in one statement; answers the number of new events. Its cost follows the live grants and what is new. The rules that are also refused (E01, E02, E04, E05, E20), E03 and E15 are noted at once by those who see them.';

commit;
