-- What a server has to offer to many clients at the same time.
select
  current_setting('server_version') as version,
  current_setting('max_connections')::integer as max_connections,
  current_setting('superuser_reserved_connections')::integer
    + coalesce(current_setting('reserved_connections', true), '0')::integer as reserved,
  (select count(*)::integer from pg_catalog.pg_stat_activity as a where a.backend_type = 'client backend') as in_use
