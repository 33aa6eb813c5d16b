-- The tenant of the session.
select t.tenant_id, t.slug, t.platform, t.time_zone
from api.tenant as t
