-- The roles that hold a permission, on the tenant's platform.
select r.role
from api.role_rule as r
inner join api.tenant as t on t.platform = r.platform
where %(permission)s = any (r.permissions)
order by r.level, r.role
