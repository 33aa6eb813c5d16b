do $$
declare
  v_check record;
begin
  for v_check in
    select c.conrelid::regclass as relation, c.conname
    from pg_constraint as c
    where c.contype = 'c' and c.conrelid in ('attendance.event'::regclass, 'attendance.record'::regclass)
  loop
    execute format('alter table %s drop constraint %I', v_check.relation, v_check.conname);
  end loop;
  for v_check in
    select c.contypid::regtype as domain, c.conname
    from pg_constraint as c
    where c.contype = 'c' and c.contypid in (
      select a.atttypid from pg_attribute as a where a.attrelid in ('attendance.event'::regclass, 'attendance.record'::regclass)
    )
  loop
    execute format('alter domain %s drop constraint %I', v_check.domain, v_check.conname);
  end loop;
end $$;
