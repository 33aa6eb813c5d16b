-- For scripts/two_inserts.sql: the record's columns and unique keys, and nothing else.
create table bench.bare_record (like attendance.record including defaults);
do $$
declare
  v_column record;
  v_index record;
begin
  for v_column in
    select a.attname, format_type(t.typbasetype, t.typtypmod) as base
    from pg_attribute as a
    inner join pg_type as t on t.oid = a.atttypid
    where a.attrelid = 'bench.bare_record'::regclass and a.attnum > 0 and t.typtype = 'd'
  loop
    execute format('alter table bench.bare_record alter column %I type %s', v_column.attname, v_column.base);
  end loop;
  for v_index in
    select pg_get_indexdef(i.indexrelid) as definition, c.relname
    from pg_index as i
    inner join pg_class as c on c.oid = i.indexrelid
    where i.indrelid = 'attendance.record'::regclass and i.indisunique
  loop
    execute replace(
      replace(v_index.definition, 'attendance.record', 'bench.bare_record'), format('INDEX %I ', v_index.relname), 'INDEX '
    );
  end loop;
end $$;
grant select, insert on bench.bare_record to smartattend_app;
