-- The units of a code; site/code where sites have the same ones.
select u.id, s.code || '/' || u.code as path, u.name
from api.unit as u
inner join api.site as s on s.id = u.site_id
where %(code)s in (u.code, s.code || '/' || u.code)
order by path
