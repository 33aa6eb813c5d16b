-- From the grants that give a person a permission now, back to the bootstrap: grant <- request <- approvals <- grants of the approvers …
-- Who granted directly did so by a grant that no approval names: those that covered the scope then and held the approvers' permission.
with recursive chain as (
  select
    g.id as grant_id, array[g.id] as path, g.role as by_role, null::uuid as for_request, null::uuid as approver_id, null::timestamptz as approved_at,
    null::text as approval_reason, null::text as link
  from api.role_grant as g
  inner join api.role_rule as r on r.role = g.role and %(permission)s = any (r.permissions)
  where g.user_id = %(user_id)s
    and g.starts_at <= core.clock()
    and g.ends_at > core.clock()
    and coalesce(g.revoked_at, 'infinity') > core.clock()
    and (
      g.unit_id is null
      or g.unit_id = any (array(select unnest(w.ancestors) from api.unit as w where w.id = %(unit_id)s::uuid))
    )
  union all
  select n.grant_id, c.path || n.grant_id, n.role, n.request_id, n.approver_id, n.approved_at, n.reason, n.link
  from chain as c
  inner join api.role_grant as g on g.id = c.grant_id
  inner join api.role_request as q on q.id = g.request_id
  cross join lateral (
    select a.approver_grant_id as grant_id, h.role, a.request_id, a.approver_id, a.recorded_at as approved_at, a.reason, 'approved' as link
    from access.role_approval as a
    inner join api.role_grant as h on h.id = a.approver_grant_id
    where a.request_id = q.id and a.verdict = 'approve'
    union all
    (
      select h.id, h.role, q.id, h.user_id, q.requested_at, null, 'granted'
      from api.role_grant as h
      inner join api.role_rule as l on l.role = h.role
      inner join api.role_rule as o on o.role = q.role and o.approver_permission = any (l.permissions)
      where q.kind = 'direct'
        and h.user_id = q.requested_by
        and h.starts_at <= q.requested_at
        and h.ends_at > q.requested_at
        and coalesce(h.revoked_at, 'infinity') > q.requested_at
        and h.id <> g.id
        and (
          h.unit_id is null
          or h.unit_id = any (array(select unnest(w.ancestors) from api.unit as w where w.id = q.unit_id))
        )
      order by h.granted_at
      limit 1
    )
  ) as n
  where n.grant_id <> all (c.path) and cardinality(c.path) < 50
)
select
  cardinality(c.path) as depth,
  c.link,
  c.approved_at,
  c.approval_reason,
  c.for_request,
  c.grant_id,
  m.member_number as member,
  m.display_name as name,
  g.role,
  coalesce(s.code || '/' || u.code, 'the whole tenant') as scope,
  g.starts_at as since,
  nullif(g.ends_at, 'infinity') as until,
  g.revoked_at,
  q.id as request_id,
  q.kind as request,
  b.display_name as requested_by,
  q.requested_at,
  q.reason,
  q.ticket,
  q.min_approvals as approvals_needed,
  array_remove(
    array[
      case when g.request_id is null then 'no request' end,
      case
        when q.beneficiary_id <> g.user_id or q.role <> g.role or q.unit_id is distinct from g.unit_id then 'its request is for another person, role or scope'
      end,
      case when g.revoked_at is null and q.state <> 'active' and g.ends_at > core.clock() then 'its request is ' || q.state end,
      case
        when q.kind = 'asked' and (
          select count(*) from api.role_approval as a where a.request_id = q.id and a.verdict = 'approve'
        ) < q.min_approvals then 'fewer approvals than it takes'
      end
    ]
    || array(
      select format('%%s around the procedures at %%s', h.change, to_char(h.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
      from api.role_history as h
      where h.grant_id = g.id and h.source = 'out_of_band'
      order by h.recorded_at
    ),
    null
  ) as out_of_band
from chain as c
inner join api.role_grant as g on g.id = c.grant_id
left join api.member as m on m.user_id = g.user_id
left join api.role_request as q on q.id = g.request_id
left join api.member as b on b.user_id = q.requested_by
left join api.unit as u on u.id = g.unit_id
left join api.site as s on s.id = u.site_id
order by c.path
