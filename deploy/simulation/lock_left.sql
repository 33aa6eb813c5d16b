-- Deploy smartattend:simulation/lock_left to pg
begin;
set local role smartattend_owner;

create function simulation.lock_left(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    a.application_name, 'no lock after the load', count(*) || ' locks',
    jsonb_build_object('pid', a.pid, 'mode', min(l.mode), 'kind', min(l.locktype), 'granted', bool_and(l.granted))
  from pg_catalog.pg_stat_activity as a
  inner join pg_catalog.pg_locks as l on l.pid = a.pid
  where a.application_name like 'smartattend-sim/' || right(lock_left.run_id::text, 8) || '/%'
    and a.pid <> pg_catalog.pg_backend_pid()
  group by a.application_name, a.pid
$$;
comment on function simulation.lock_left(uuid, uuid, text) is
  'Connections of the run''s devices (they carry the end of the run''s id in application_name) that still hold or await a lock after the load.';

commit;
