-- What happened to an incident, in the order in which it did.
select t.at, t.what, t.detail, t.text, coalesce(m.display_name, t.actor_id::text) as who
from api.incident_timeline as t
left join api.member as m on m.user_id = t.actor_id
where t.incident_id = %(id)s
order by t.at, t.what
