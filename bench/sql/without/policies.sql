do $$
declare
  v_relation regclass;
begin
  for v_relation in select c.oid from pg_class as c where c.relrowsecurity and c.relkind in ('r', 'p') loop
    execute format('alter table %s disable row level security', v_relation);
  end loop;
end $$;
