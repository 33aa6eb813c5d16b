-- The binding of one device's session, made part of the database's settings: calls find it there and verify nothing.
begin;
do $$
declare
  v_actor core.actor := identity.bind_session(bench.token((select p.tenant_id from bench.place as p), 'd', 0));
  v_name text;
begin
  for v_name in
    select distinct m.found[1]
    from pg_proc as p
    cross join lateral regexp_matches(p.prosrc, '''(smartattend\.[a-z_]+)''', 'g') as m (found)
    where p.oid in (select o.oid from pg_proc as o where o.oid::regproc::text in ('core.bind', 'identity.bind_session'))
      and m.found[1] <> 'smartattend.token'
  loop
    execute format('alter database %I set %s = %L', current_database(), v_name, current_setting(v_name));
  end loop;
  execute format(
    'create or replace function identity.bind_session(token text default null) returns core.actor language sql immutable as %L',
    format('select %L::core.actor', v_actor)
  );
end $$;
commit;
