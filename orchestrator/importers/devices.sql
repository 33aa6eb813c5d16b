-- The ids of devices by their codes.
select d.code, d.id
from api.device as d
where d.code = any (%(codes)s)
