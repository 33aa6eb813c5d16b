-- The tenant of the session's token.
select t.id, t.slug, t.name, t.platform, t.is_sandbox, t.state
from api.tenant as t
