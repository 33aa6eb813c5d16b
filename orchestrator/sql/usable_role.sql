-- The first of these roles that the connection's login may set.
select r.rolname
from unnest(%(roles)s::text[]) with ordinality as wanted (name, position)
inner join pg_catalog.pg_roles as r on r.rolname = wanted.name
where pg_catalog.pg_has_role(
  session_user, r.oid,
  -- from PostgreSQL 16 on a member may lack the right to set the role
  case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end
)
order by wanted.position
limit 1
