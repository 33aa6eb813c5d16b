-- The sessions of the tenant between two instants, by their natural keys.
select s.id, t.code as site, u.code as unit, s.kind, s.starts_at
from api.session as s
inner join api.unit as u on u.id = s.unit_id
inner join api.site as t on t.id = s.site_id
where s.starts_at between %(first)s and %(last)s
