-- The exclusion of overlapping presence.
do $$
declare
  v_exclusion record;
begin
  for v_exclusion in
    select c.conname
    from pg_constraint as c
    where c.contype = 'x' and c.conrelid = 'attendance.record'::regclass
  loop
    execute format('alter table attendance.record drop constraint %I', v_exclusion.conname);
  end loop;
end $$;
