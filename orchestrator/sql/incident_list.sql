-- Incidents: the open ones, or all; the worst first.
select
  i.number,
  i.severity,
  i.state,
  i.sla,
  i.level,
  coalesce(m.display_name, i.owner_id::text) as owner,
  date_trunc('second', i.age)::text as age,
  i.occurrences,
  i.source,
  i.title,
  i.episode,
  i.last_at,
  i.id
from api.incident as i
left join api.member as m on m.user_id = i.owner_id
where (%(everything)s or i.state in ('detected', 'acknowledged', 'investigating', 'mitigated'))
  and (%(source)s::text is null or i.source = %(source)s)
  and i.severity <= %(severity)s
order by i.state in ('resolved', 'closed', 'dismissed'), i.severity, i.number
