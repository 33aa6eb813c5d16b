-- The incident of a number or an id.
select i.id, i.number
from api.incident as i
where %(which)s in (i.number::text, i.id::text)
