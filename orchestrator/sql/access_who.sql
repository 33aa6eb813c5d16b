-- Who holds a permission now for a unit (null: the whole tenant), by which role and which request.
select
  m.member_number as member,
  m.display_name as name,
  g.role,
  coalesce(s.code || '/' || u.code, 'the whole tenant') as scope,
  g.starts_at as since,
  nullif(g.ends_at, 'infinity') as until,
  coalesce(q.kind, 'none: out of band') as request,
  b.display_name as requested_by,
  q.reason,
  q.ticket,
  g.request_id,
  g.id as grant_id
from api.role_grant as g
inner join api.role_rule as r on r.role = g.role and %(permission)s = any (r.permissions)
inner join api.member as m on m.user_id = g.user_id
left join api.role_request as q on q.id = g.request_id
left join api.member as b on b.user_id = q.requested_by
left join api.unit as u on u.id = g.unit_id
left join api.site as s on s.id = u.site_id
where g.starts_at <= core.clock()
  and g.ends_at > core.clock()
  and coalesce(g.revoked_at, 'infinity') > core.clock()
  and m.active_from <= core.clock()
  and coalesce(m.active_until, 'infinity') > core.clock()
  and (
    g.unit_id is null
    or g.unit_id = any (array(select unnest(w.ancestors) from api.unit as w where w.id = %(unit_id)s::uuid))
  )
order by m.display_name, m.member_number, g.role, scope
