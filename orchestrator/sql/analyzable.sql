-- Our tables, and whether the connection's login may analyze them.
select
  n.nspname as schema, c.relname as name,
  u.rolsuper or pg_catalog.pg_has_role(session_user, c.relowner, 'usage') as allowed
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
inner join pg_catalog.pg_roles as u on u.rolname = session_user
where c.relkind in ('r', 'p')
  and n.nspname in ('core', 'ledger', 'tenancy', 'identity', 'timing', 'attendance', 'school', 'corporate')
order by n.nspname, c.relname
