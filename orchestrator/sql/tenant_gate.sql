-- What a tenant's state lets through.
select g.login, pg_catalog.string_to_array(pg_catalog.btrim(g.opens), ' ') as opens
from tenancy.gate as g
where g.state = %(state)s
