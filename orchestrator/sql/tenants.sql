-- The tenants that the operator sees; all, or the one of a slug.
select t.slug, t.name, t.platform, t.state, t.is_sandbox, t.time_zone, t.created_at, t.state_via, t.state_reason, t.tenant_id
from tenancy.tenant as t
where %(slug)s::text is null or t.slug = %(slug)s
order by t.slug
