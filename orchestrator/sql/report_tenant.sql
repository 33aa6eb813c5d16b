-- The tenant of the token, with the date that it is there.
select t.slug, t.time_zone, (core.clock() at time zone t.time_zone)::date as today, core.clock() as now
from api.tenant as t
