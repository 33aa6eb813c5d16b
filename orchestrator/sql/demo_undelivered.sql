-- How many of these devices have never said that everything is delivered.
select count(*) as devices
from api.device_clock as c
where c.code = any (%(codes)s) and c.delivered_until is null
