-- Deploy smartattend:access/activate to pg
begin;
set local role smartattend_owner;

create function access.lock_tenant()
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fault jsonb := identity.begin_put('administration_write');
begin
  if (core.actor()).kind = 'impersonation' then
    return core.refused('SA104', jsonb_build_object('observed', 'the platform in a member''s name', 'expected', 'the member'));
  end if;
  if v_fault is not null then
    return core.refused('SA107', v_fault -> 'detail');
  end if;
  return null;
end $$;
comment on function access.lock_tenant() is
  'What changes roles of a tenant follows one after the other: separation of duty, cardinality and the last administrator are judged under this lock. Null, or the refusal SA107; SA104 while the platform acts in a member''s name, who may do nothing of this there.';

create function access.put_grants(request_ids uuid[], now timestamptz)
returns uuid[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grant_ids uuid[];
begin
  update access.role_request as q
  set state = 'active', state_via = 'activate', state_reason = null
  where q.tenant_id = core.bound_tenant() and q.id = any (put_grants.request_ids);
  update identity.membership as m
  set active_from = put_grants.now
  from access.role_request as q
  where q.tenant_id = core.bound_tenant() and q.id = any (put_grants.request_ids)
    and m.tenant_id = q.tenant_id and m.user_id = q.beneficiary_id and m.active_from = 'infinity';
  with made as (
    insert into identity.role_grant (tenant_id, user_id, role, unit_id, starts_at, ends_at, request_id, granted_by, granted_at)
    select
      q.tenant_id, q.beneficiary_id, q.role, q.unit_id, greatest(q.starts_at, put_grants.now), q.ends_at, q.id,
      coalesce(
        (
          select a.approver_id from access.role_approval as a
          where a.tenant_id = q.tenant_id and a.request_id = q.id and a.verdict = 'approve'
          order by a.recorded_at desc
          limit 1
        ),
        q.requested_by, (core.actor()).user_id
      ),
      put_grants.now
    from access.role_request as q
    where q.tenant_id = core.bound_tenant() and q.id = any (put_grants.request_ids)
    returning id
  )
  select array_agg(m.id) into v_grant_ids from made as m;
  return v_grant_ids;
end $$;
comment on function access.put_grants(uuid[], timestamptz) is
  'Brings approved requests into effect that were judged by access.grant_refusal, in sets: each is active and has its grant. Who asked for a membership has it with the first role.';

create function access.grant_all(requests access.role_request[], now timestamptz)
returns uuid[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into access.role_request select r.* from unnest(grant_all.requests) as r;
  update access.role_request as q
  set state = 'approved', state_via = 'waive'
  where q.tenant_id = core.bound_tenant() and q.id = any (array(select r.id from unnest(grant_all.requests) as r));
  return access.put_grants(array(select r.id from unnest(grant_all.requests) as r), grant_all.now);
end $$;
comment on function access.grant_all(access.role_request[], timestamptz) is
  'Makes requests that need no approval and were judged, and brings them into effect. Under access.lock_tenant.';

create function access.activate(request_id uuid, now timestamptz)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request access.role_request;
  v_refusal core.outcome;
begin
  select q.* into v_request
  from access.role_request as q
  where q.tenant_id = core.bound_tenant() and q.id = activate.request_id
  for no key update;
  v_refusal := access.grant_refusal(
    v_request,
    case v_request.kind
      when 'direct' then array[v_request.requested_by]
      else array(
        select a.approver_id from access.role_approval as a
        where a.tenant_id = v_request.tenant_id and a.request_id = v_request.id and a.verdict = 'approve'
        order by a.recorded_at
      )
    end,
    activate.now
  );
  if v_refusal.code is not null then
    return v_refusal;
  end if;
  return core.accepted(
    v_request.id, null,
    jsonb_build_object(
      'state', 'active', 'grant_id', (access.put_grants(array[v_request.id], activate.now))[1], 'role', v_request.role, 'ends_at', v_request.ends_at
    )
  );
end $$;
comment on function access.activate(uuid, timestamptz) is
  'Brings an approved request into effect: everything is checked again, then there is a grant. Under access.lock_tenant. Accepted, or refused with what speaks against it now.';

create function access.open_request(
  kind text, beneficiary_id uuid, role text, unit_id uuid, starts_at timestamptz, ends_at timestamptz, reason text, ticket text, now timestamptz
)
returns access.role_request
language sql
stable
as $$
  select (
    core.bound_tenant(), core.uuid_v7(), open_request.kind, open_request.beneficiary_id, open_request.role, open_request.unit_id,
    coalesce(open_request.starts_at, open_request.now), coalesce(open_request.ends_at, 'infinity'), open_request.reason, open_request.ticket,
    case when open_request.kind <> 'bootstrap' then (core.actor()).user_id end, (core.actor()).session_id,
    case
      when open_request.kind = 'asked'
      then greatest(1, (select r.min_approvals from access.role_rule as r where r.role = open_request.role))
      else 0
    end,
    open_request.now,
    greatest(open_request.now, coalesce(open_request.starts_at, open_request.now))
    + coalesce((select r.lapses_after from access.role_rule as r where r.role = open_request.role), interval '1 day'),
    'requested', 'request', null
  )::access.role_request
$$;
comment on function access.open_request(text, uuid, text, uuid, timestamptz, timestamptz, text, text, timestamptz) is
  'A request as it would be made now by the bound actor; nothing is written.';

create function access.grant_at_once(request access.role_request)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_refusal core.outcome := access.grant_refusal(
    grant_at_once.request,
    case (grant_at_once.request).kind when 'direct' then array[(grant_at_once.request).requested_by] else '{}'::uuid[] end,
    (grant_at_once.request).requested_at
  );
begin
  if v_refusal.code is not null then
    return v_refusal;
  end if;
  return core.accepted(
    (grant_at_once.request).id, null,
    jsonb_build_object(
      'state', 'active', 'grant_id', (access.grant_all(array[grant_at_once.request], (grant_at_once.request).requested_at))[1],
      'role', (grant_at_once.request).role, 'ends_at', (grant_at_once.request).ends_at
    )
  );
end $$;
comment on function access.grant_at_once(access.role_request) is
  'Makes a request that needs no approval (direct, break_glass) and brings it into effect, or says what speaks against it and writes nothing. Under access.lock_tenant.';

create function access.judge_grants()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_observed text;
begin
  -- Two who grant at once wait for each other here, and the next statement sees what the other did. The procedures hold the lock already.
  perform from tenancy.tenant as t
  where t.tenant_id in (select n.tenant_id from granted as n where n.revoked_at is null)
  order by t.tenant_id
  for no key update;
  -- What is over does not count, nor what was held while this one was suspended.
  select format('%s and %s (%s)', n.role, g.role, s.separation) into v_observed
  from granted as n
  inner join access.separation as s on s.role = n.role
  inner join access.separation as o on o.separation = s.separation and o.role <> s.role
  inner join identity.role_grant as g on g.tenant_id = n.tenant_id and g.user_id = n.user_id and g.role = o.role
    and coalesce(g.revoked_at, 'infinity') > greatest(n.starts_at, core.clock())
    and g.starts_at < n.ends_at and g.ends_at > greatest(n.starts_at, core.clock())
  where n.revoked_at is null
  limit 1;
  if found then
    perform core.fail('SA141', v_observed, 'a person without these roles');
  end if;
  select format('%s holders of %s', count(distinct g.user_id), r.role) into v_observed
  from (select distinct n.tenant_id, n.role from granted as n where n.revoked_at is null) as n
  inner join access.role_rule as r on r.role = n.role and r.max_holders is not null
  inner join identity.role_grant as g on g.tenant_id = n.tenant_id and g.role = n.role
    and coalesce(g.revoked_at, 'infinity') > core.clock() and g.ends_at > core.clock()
  group by n.tenant_id, r.role, r.max_holders
  having count(distinct g.user_id) > r.max_holders
  limit 1;
  if found then
    perform core.fail('SA142', v_observed, 'as many as access.role_rule allows');
  end if;
  return null;
end $$;
comment on function access.judge_grants() is
  'Separation of duty and cardinality, whoever writes a grant and by whatever way, not even by two sessions at once: the backstop behind access.grant_refusal. Errors SA141, SA142.';
create trigger role_grant_700_judge_insert
after insert on identity.role_grant
referencing new table as granted
for each statement execute function access.judge_grants();
create trigger role_grant_700_judge_update
after update on identity.role_grant
referencing new table as granted
for each statement execute function access.judge_grants();
alter table identity.role_grant enable always trigger role_grant_700_judge_insert;
alter table identity.role_grant enable always trigger role_grant_700_judge_update;

commit;
