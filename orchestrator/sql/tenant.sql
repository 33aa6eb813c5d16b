-- The tenant of the session's token.
select t.tenant_id as id, t.slug, t.name, t.platform, t.is_sandbox, t.state
from api.tenant as t
