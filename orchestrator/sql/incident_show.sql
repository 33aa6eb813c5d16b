-- Everything about one incident but its timeline.
select i.*, coalesce(m.display_name, i.owner_id::text) as owner
from api.incident as i
left join api.member as m on m.user_id = i.owner_id
where i.id = %(id)s
