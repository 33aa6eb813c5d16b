-- Deploy smartattend:access/advance to pg
begin;
set local role smartattend_owner;

create function access.advance(now timestamptz)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := core.bound_tenant();
  v_expired bigint;
  v_lapsed bigint;
  v_activated bigint;
  v_queued bigint;
  v_unused bigint;
  v_due bigint;
  v_overdue bigint;
  v_item record;
begin
  -- From what is in effect, not from what is over: the cost follows the live grants, however long the history.
  with over as materialized (
    select q.id
    from access.role_request as q
    where q.tenant_id = v_tenant_id and q.state = 'active'
      and not exists (
        select from identity.role_grant as g
        where g.tenant_id = v_tenant_id and g.request_id = q.id and g.ends_at > advance.now
      )
  )
  update access.role_request as q
  set state = 'expired', state_via = 'expire', state_reason = null
  from over as o
  inner join identity.role_grant as g on g.tenant_id = v_tenant_id and g.request_id = o.id and g.ends_at <= advance.now
  where q.tenant_id = v_tenant_id and q.id = o.id;
  get diagnostics v_expired = row_count;
  select count((access.activate(q.id, advance.now)).id) into v_activated
  from access.role_request as q
  where q.tenant_id = v_tenant_id and q.state = 'approved' and q.starts_at <= advance.now and q.lapses_at > advance.now
    and q.ends_at > advance.now;
  update access.role_request as q
  set state = 'lapsed', state_via = 'lapse', state_reason = null
  where q.tenant_id = v_tenant_id and q.state in ('requested', 'approved') and least(q.lapses_at, q.ends_at) <= advance.now;
  get diagnostics v_lapsed = row_count;

  -- Two weeks ahead, so that whoever certifies sees it coming.
  with last_look as materialized (
    select c.grant_id, max(t.recorded_at) as decided_at
    from access.revalidation as c
    inner join access.revalidation_transition as t on t.tenant_id = c.tenant_id and t.object_id = c.id and t.to_state = c.state
    where c.tenant_id = v_tenant_id and c.state in ('certified', 'modified')
      and t.recorded_at > advance.now - interval '1113 days' -- the longest interval that a rule may have, and two weeks
    group by c.grant_id
  )
  insert into access.revalidation (tenant_id, grant_id, user_id, source, overdue_action, queued_at, due_at, overdue_at)
  select g.tenant_id, g.id, g.user_id, 'schedule', r.overdue_action, advance.now, d.due_at, d.due_at + interval '14 days'
  from identity.role_grant as g
  inner join access.role_rule as r on r.role = g.role
  left join last_look as l on l.grant_id = g.id
  cross join lateral (
    select greatest(coalesce(l.decided_at, g.granted_at) + r.revalidate_every, advance.now) as due_at
  ) as d
  where g.tenant_id = v_tenant_id
    and g.revoked_at is null
    and g.starts_at <= advance.now
    and g.ends_at > advance.now
    and g.granted_at + r.revalidate_every <= advance.now + interval '14 days' -- or it is too early, whenever it was looked at
    and g.ends_at > d.due_at
    and coalesce(l.decided_at, g.granted_at) + r.revalidate_every <= advance.now + interval '14 days'
  on conflict (tenant_id, grant_id) where state in ('queued', 'due', 'overdue') do nothing;
  get diagnostics v_queued = row_count;
  -- Materialized: whether somebody was seen is asked of the few whose role is looked at, not of everybody.
  with privileged as materialized (
    select g.tenant_id, g.id, g.user_id, r.overdue_action
    from identity.role_grant as g
    inner join access.role_rule as r on r.role = g.role
    inner join identity.role as o on o.role = g.role
    where g.tenant_id = v_tenant_id
      and o.level >= 40
      and r.revalidate_every is not null
      and g.revoked_at is null
      and g.starts_at <= advance.now
      and g.ends_at > advance.now
      and g.granted_at <= advance.now - interval '60 days'
      and not exists (
        select from access.revalidation as c
        inner join access.revalidation_transition as t
          on t.tenant_id = c.tenant_id and t.object_id = c.id and t.recorded_at > advance.now - interval '60 days'
        where c.tenant_id = g.tenant_id and c.grant_id = g.id
      )
  )
  insert into access.revalidation (tenant_id, grant_id, user_id, source, overdue_action, queued_at, due_at, overdue_at)
  select p.tenant_id, p.id, p.user_id, 'unused', p.overdue_action, advance.now, advance.now, advance.now + interval '14 days'
  from privileged as p
  where not identity.was_seen(p.user_id, advance.now - interval '60 days', advance.now)
  on conflict (tenant_id, grant_id) where state in ('queued', 'due', 'overdue') do nothing;
  get diagnostics v_unused = row_count;

  update access.revalidation as c
  set state = 'due', state_via = 'fall_due', state_reason = null
  where c.tenant_id = v_tenant_id and c.state = 'queued' and c.due_at <= advance.now;
  get diagnostics v_due = row_count;
  update access.revalidation as c
  set state = 'overdue', state_via = 'fall_overdue', state_reason = null
  where c.tenant_id = v_tenant_id and c.state = 'due' and c.overdue_at <= advance.now;
  get diagnostics v_overdue = row_count;
  for v_item in
    select c.id, c.grant_id, c.overdue_action, g as held
    from access.revalidation as c
    inner join identity.role_grant as g on g.tenant_id = c.tenant_id and g.id = c.grant_id
    where c.tenant_id = v_tenant_id and c.state = 'overdue' and c.suspended_at is null and c.overdue_action <> 'alert'
      and g.revoked_at is null and g.ends_at > advance.now
    order by g.granted_at desc, g.id desc
  loop
    -- One by one, the latest first: each may be the last administrator, who stays.
    if identity.is_permanent_administrator(v_item.held)
      and not identity.has_another_administrator(v_tenant_id, v_item.grant_id, null)
    then
      continue;
    end if;
    if v_item.overdue_action = 'revoke' then
      perform access.revoke(v_item.grant_id, 'nobody certified the grant in time', advance.now);
    else
      update access.revalidation as c
      set suspended_at = advance.now
      where c.tenant_id = v_tenant_id and c.id = v_item.id;
      update identity.role_grant as g
      set revoked_at = advance.now
      where g.tenant_id = v_tenant_id and g.id = v_item.grant_id;
    end if;
  end loop;
  return jsonb_build_object(
    'expired', v_expired, 'activated', v_activated, 'lapsed', v_lapsed, 'queued', v_queued + v_unused, 'due', v_due, 'overdue', v_overdue
  );
end $$;
comment on function access.advance(timestamptz) is
  'What time does to roles, in sets: requests expire, come into effect or lapse; grants are queued for revalidation (periodically, or unused for 60 days), fall due and overdue, with the consequence of their rule. Whether a grant is in effect never waits for this: that is judged when it is read. As the system, under access.lock_tenant.';

create function access.queue_on_change()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_table_name = 'membership' then
    perform access.queue_revalidation(
      'job_change',
      array(
        select g from identity.role_grant as g
        inner join access.role_rule as r on r.role = g.role
        where g.tenant_id = new.tenant_id and g.user_id = (to_jsonb(new) ->> 'user_id')::uuid and g.revoked_at is null and g.ends_at > core.clock()
          and r.revalidate_every is not null
      )
    );
  else
    perform access.queue_revalidation(
      'tenant_change',
      array(
        select g from identity.role_grant as g
        inner join identity.role as o on o.role = g.role
        where g.tenant_id = new.tenant_id and o.level >= 40 and g.revoked_at is null and g.ends_at > core.clock()
      ),
      core.clock() + interval '14 days'
    );
  end if;
  return null;
end $$;
comment on function access.queue_on_change() is
  'Somebody became another kind of member, or the tenant is in use again after it was closed: the grants are looked at again.';
create trigger membership_900_queue_revalidation
after update on identity.membership
for each row
when (old.kind <> new.kind)
execute function access.queue_on_change();
create trigger tenant_900_queue_revalidation
after update on tenancy.tenant
for each row
when (new.state = 'active' and old.state in ('suspended', 'offboarding', 'archived'))
execute function access.queue_on_change();
alter table identity.membership enable always trigger membership_900_queue_revalidation;
alter table tenancy.tenant enable always trigger tenant_900_queue_revalidation;

commit;
