do $$
declare
  v_key record;
begin
  for v_key in
    select c.conrelid::regclass as relation, c.conname
    from pg_constraint as c
    where c.contype = 'f' and c.conrelid in ('attendance.event'::regclass, 'attendance.record'::regclass)
  loop
    execute format('alter table %s drop constraint %I', v_key.relation, v_key.conname);
  end loop;
end $$;
