-- Why a person does not hold a permission: their membership, and every grant and open request that would give it, with what it lacks.
select
  null as role,
  null as scope,
  'the membership is not active: ' || case
    when m.active_from = 'infinity' then 'it waits for its first role'
    when m.active_from > core.clock() then 'it begins later'
    else 'it has ended'
  end as missing
from api.member as m
where m.user_id = %(user_id)s
  and not (m.active_from <= core.clock() and coalesce(m.active_until, 'infinity') > core.clock())
union all
select
  g.role,
  coalesce(s.code || '/' || u.code, 'the whole tenant'),
  case
    when g.revoked_at is not null then 'the grant was revoked at ' || to_char(g.revoked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    when g.ends_at <= core.clock() then 'the grant ended at ' || to_char(g.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    when g.starts_at > core.clock() then 'the grant begins at ' || to_char(g.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    else 'the grant is for another scope'
  end
from api.role_grant as g
inner join api.role_rule as r on r.role = g.role and %(permission)s = any (r.permissions)
left join api.unit as u on u.id = g.unit_id
left join api.site as s on s.id = u.site_id
where g.user_id = %(user_id)s
union all
select
  q.role,
  coalesce(s.code || '/' || u.code, 'the whole tenant'),
  case q.state
    when 'requested' then format('a request waits for %%s of %%s approvals', q.min_approvals - (
      select count(*) from api.role_approval as a where a.request_id = q.id and a.verdict = 'approve'
    ), q.min_approvals)
    else 'an approved request is not in effect yet'
  end
from api.role_request as q
inner join api.role_rule as r on r.role = q.role and %(permission)s = any (r.permissions)
left join api.unit as u on u.id = q.unit_id
left join api.site as s on s.id = u.site_id
where q.beneficiary_id = %(user_id)s and q.state in ('requested', 'approved')
