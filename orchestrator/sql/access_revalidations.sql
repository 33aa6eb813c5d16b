-- Grants that are to be looked at: due or overdue by now, whether or not a scan has said so yet; with the later ones, all that are queued.
select
  'revalidation' as what,
  c.id,
  m.member_number as member,
  m.display_name as name,
  g.role,
  coalesce(s.code || '/' || u.code, 'the whole tenant') as scope,
  case
    when c.overdue_at <= core.clock() then 'overdue'
    when c.due_at <= core.clock() then 'due'
    else c.state
  end as standing,
  c.source,
  c.due_at,
  c.overdue_at,
  c.overdue_action,
  c.suspended_at,
  g.starts_at as since,
  nullif(g.ends_at, 'infinity') as until,
  q.kind as request,
  q.reason,
  q.ticket,
  c.grant_id,
  c.user_id
from api.revalidation as c
inner join api.role_grant as g on g.id = c.grant_id
left join api.role_request as q on q.id = g.request_id
left join api.member as m on m.user_id = c.user_id
left join api.unit as u on u.id = g.unit_id
left join api.site as s on s.id = u.site_id
where c.state in ('queued', 'due', 'overdue') and (%(later)s or c.due_at <= core.clock())
order by c.due_at, c.id
