-- The tables that attendance is read from and written to, by owner: who may analyze them.
select
  pg_catalog.pg_get_userbyid(c.relowner) as owner,
  array_agg(array[n.nspname::text, c.relname::text] order by n.nspname, c.relname) as tables
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
  and n.nspname in ('core', 'ledger', 'tenancy', 'identity', 'timing', 'attendance', 'school', 'corporate')
group by c.relowner
