-- What the server sees of the devices of one run: how many are at work, how many of them wait for a lock.
select
  count(*) filter (where a.state = 'active') as active,
  count(*) filter (where a.state = 'active' and a.wait_event_type = 'Lock') as waiting
from pg_catalog.pg_stat_activity as a
where a.datname = current_database()
  and a.application_name like %(prefix)s || '/%%'
