do $$
declare
  v_trigger record;
begin
  for v_trigger in
    select t.tgrelid::regclass as relation, t.tgname
    from pg_trigger as t
    where t.tgrelid in ('attendance.event'::regclass, 'attendance.record'::regclass) and t.tgname ~ '_800_'
  loop
    execute format('alter table %s disable trigger %I', v_trigger.relation, v_trigger.tgname);
  end loop;
end $$;
