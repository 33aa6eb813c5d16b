-- A session with its register, if the token may see it.
select s.id, s.name, s.kind, u.code as unit, s.starts_at, s.time_zone as zone, s.cancelled_at, g.state
from api.session as s
left join api.unit as u on u.id = s.unit_id
left join api.register as g on g.session_id = s.id
where s.id = %(session_id)s
